//! Where apps, extensions and plugins are published.

use super::{Anchor, Credential, Provider};
use crate::checks::secrets::tier::Tier;

pub(super) const PROVIDERS: &[Provider] = &[
    Provider {
        name: "Apple",
        harm: "signs in to the developer account for uploads and notarization",
        revoke: "revoke it at https://account.apple.com, Sign-in and security, App-specific passwords, and generate \
                 another",
        credentials: &[Credential {
            id: "apple-app-password",
            title: "Apple app-specific password",
            anchor: Anchor::Key(&[
                "appspecificpassword",
                "applicationspecificpassword",
                "appleidpassword",
                "applepassword",
                "notarizationpassword",
                "notarypassword",
                "itunesconnectpassword",
                "appstoreconnectpassword",
            ]),
            form: "[a-z]{4}-[a-z]{4}-[a-z]{4}-[a-z]{4}",
            tier: Tier::Likely,
            proof: None,
            hits: &["APPLE_ID_PASSWORD={az:4}-{az:4}-{az:4}-{az:4}"],
            misses: &["APPLE_ID_PASSWORD={az:4}-{az:4}-{az:4}-{az:3}"],
        }],
    },
    Provider {
        name: "Expo",
        harm: "publishes builds and updates of the apps",
        revoke: "revoke it at https://expo.dev/settings/access-tokens, and create another",
        credentials: &[Credential {
            id: "expo-token",
            title: "Expo access token",
            anchor: Anchor::Key(&["expotoken", "expoaccesstoken"]),
            form: "[0-9A-Za-z_-]{40}",
            tier: Tier::Likely,
            proof: None,
            hits: &["EXPO_TOKEN={b64url:40}"],
            misses: &["EXPO_TOKEN={b64url:39}"],
        }],
    },
    Provider {
        name: "JetBrains",
        harm: "publishes plugins, or acts as its owner in YouTrack, Hub and Space",
        revoke: "delete it in the profile, Tokens (YouTrack: Account security), and create another",
        credentials: &[Credential {
            id: "jetbrains-token",
            title: "JetBrains permanent token",
            anchor: Anchor::Literal(&["perm:", "perm-"]),
            form: r"perm[:-][0-9A-Za-z+/=]{4,}\.[0-9A-Za-z+/=-]{4,}\.[0-9A-Za-z]{30}",
            tier: Tier::Likely,
            proof: None,
            hits: &["perm:{b64:12}.{b64:12}.{an:30}", "perm-{b64:12}.{b64:12}.{an:30}"],
            misses: &["perm:{b64:12}.{b64:12}.{an:29}"],
        }],
    },
    Provider {
        name: "Mozilla Add-ons",
        harm: "signs and publishes extensions as their owner",
        revoke: "revoke it at https://addons.mozilla.org/developers/addon/api/key/, and generate another",
        credentials: &[Credential {
            id: "mozilla-addons-secret",
            title: "Mozilla Add-ons API secret",
            anchor: Anchor::Key(&["amojwtsecret", "amosecret", "amoapisecret", "webextapisecret", "firefoxapisecret"]),
            form: "[0-9a-f]{64}",
            tier: Tier::Likely,
            proof: None,
            hits: &["WEB_EXT_API_SECRET={hex:64}"],
            misses: &["WEB_EXT_API_SECRET={hex:63}"],
        }],
    },
    Provider {
        name: "Open VSX",
        harm: "publishes extensions as their owner",
        revoke: "delete it on open-vsx.org, Settings, Access tokens, and look for versions that you did not publish",
        credentials: &[
            Credential {
                id: "open-vsx-token",
                title: "Open VSX access token",
                anchor: Anchor::Literal(&["ovsxat_"]),
                form: "ovsxat_[0-9A-Fa-f]{8}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{12}",
                tier: Tier::Likely,
                proof: None,
                hits: &["ovsxat_{hex:8}-{hex:4}-{hex:4}-{hex:4}-{hex:12}"],
                misses: &["ovsxat_{hex:8}-{hex:4}-{hex:4}-{hex:4}-{hex:11}"],
            },
            Credential {
                id: "open-vsx-legacy-token",
                title: "Open VSX access token (of the older form)",
                anchor: Anchor::Key(&["ovsxpat", "ovsxtoken", "openvsxtoken", "openvsxpat", "openvsxaccess"]),
                form: "[0-9A-Fa-f]{8}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{12}",
                tier: Tier::Likely,
                proof: None,
                hits: &["OVSX_TOKEN={hex:8}-{hex:4}-{hex:4}-{hex:4}-{hex:12}"],
                misses: &["OVSX_TOKEN={hex:8}-{hex:4}-{hex:4}-{hex:4}-{hex:11}"],
            },
        ],
    },
];
