//! Shops, subscriptions, postage and travel.

use super::{Anchor, Credential, Provider};
use crate::checks::secrets::proof;
use crate::checks::secrets::tier::Tier;

pub(super) const PROVIDERS: &[Provider] = &[
    Provider {
        name: "BigCommerce",
        harm: "reads and changes the shop within its scopes",
        revoke: "delete the account in Settings, API accounts, and create another",
        credentials: &[
            Credential {
                id: "bigcommerce-token",
                title: "BigCommerce access token",
                anchor: Anchor::Key(&["bigcommerce"]),
                form: "[0-9a-z]{31}",
                tier: Tier::Likely,
                proof: None,
                hits: &["BIGCOMMERCE_ACCESS_TOKEN={lower:31}"],
                misses: &["BIGCOMMERCE_ACCESS_TOKEN={lower:15}"],
            },
        ],
    },
    Provider {
        name: "Chargebee",
        harm: "moves money and reads customers of the account",
        revoke: "delete it in Settings, Configure Chargebee, API keys, and create another",
        credentials: &[
            Credential {
                id: "chargebee-key",
                title: "Chargebee API key",
                anchor: Anchor::Key(&["chargebee"]),
                form: "(?:live|test)_[0-9A-Za-z_-]{30,64}",
                tier: Tier::Likely,
                proof: Some(proof::LIVE_OR_TEST),
                hits: &["CHARGEBEE_API_KEY=live_{an:34}"],
                misses: &["CHARGEBEE_API_KEY=live_{an:17}"],
            },
        ],
    },
    Provider {
        name: "Duffel",
        harm: "books travel at its owner's cost and reads travellers",
        revoke: "delete it in the dashboard, Developers, Access tokens, and create another",
        credentials: &[
            Credential {
                id: "duffel-token",
                title: "Duffel access token",
                anchor: Anchor::Literal(&["duffel_live_", "duffel_test_"]),
                form: "duffel_(?:live|test)_[0-9A-Za-z_-]{43}",
                tier: Tier::Likely,
                proof: Some(proof::LIVE_OR_TEST),
                hits: &["duffel_live_{b64url:43}", "duffel_test_{b64url:43}"],
                misses: &["duffel_live_{b64url:21}"],
            },
        ],
    },
    Provider {
        name: "EasyPost",
        harm: "buys postage and reads addresses",
        revoke: "delete it in the account's API keys, and create another",
        credentials: &[
            Credential {
                id: "easypost-key",
                title: "EasyPost API key",
                anchor: Anchor::Literal(&["EZAK", "EZTK"]),
                form: "EZ[AT]K[0-9A-Za-z]{54}",
                tier: Tier::Likely,
                proof: Some(proof::EASYPOST),
                hits: &["EZAK{an:54}", "EZTK{an:54}"],
                misses: &["EZAK{an:27}"],
            },
        ],
    },
    Provider {
        name: "Lob",
        harm: "sends letters at its owner's cost and reads addresses",
        revoke: "roll it in Settings, API keys",
        credentials: &[
            Credential {
                id: "lob-key",
                title: "Lob secret key",
                anchor: Anchor::Key(&["lobapikey", "lobkey", "lobsecret"]),
                form: "(?:live|test)_[0-9a-f]{35}",
                tier: Tier::Likely,
                proof: Some(proof::LIVE_OR_TEST),
                hits: &["LOB_API_KEY=live_{hex:35}", "LOB_API_KEY=test_{hex:35}"],
                misses: &["LOB_API_KEY=live_{hex:17}"],
            },
        ],
    },
    Provider {
        name: "Polar",
        harm: "manages products, customers and orders of the organization",
        revoke: "delete it in Settings, and create another",
        credentials: &[
            Credential {
                id: "polar-token",
                title: "Polar access token",
                anchor: Anchor::Literal(&["polar_oat_", "polar_pat_"]),
                form: "polar_(?:oat|pat)_[0-9A-Za-z]{40,60}",
                tier: Tier::Likely,
                proof: None,
                hits: &["polar_oat_{an:43}"],
                misses: &["polar_oat_{an:21}"],
            },
        ],
    },
    Provider {
        name: "Recurly",
        harm: "moves money and reads customers of the account",
        revoke: "delete it in Integrations, API credentials, and create another",
        credentials: &[
            Credential {
                id: "recurly-key",
                title: "Recurly private API key",
                anchor: Anchor::Key(&["recurly"]),
                form: "[0-9a-f]{32}",
                tier: Tier::Likely,
                proof: None,
                hits: &["RECURLY_API_KEY={hex:32}"],
                misses: &["RECURLY_API_KEY={hex:16}"],
            },
        ],
    },
    Provider {
        name: "RevenueCat",
        harm: "reads and grants purchases of every user",
        revoke: "delete it in the project's API keys, and create another",
        credentials: &[
            Credential {
                id: "revenuecat-secret-key",
                title: "RevenueCat secret key",
                anchor: Anchor::Key(&["revenuecat"]),
                form: "sk_[0-9A-Za-z]{24,40}",
                tier: Tier::Likely,
                proof: None,
                hits: &["REVENUECAT_API_KEY=sk_{alpha:30}"],
                misses: &["REVENUECAT_API_KEY=sk_{alpha:15}"],
            },
        ],
    },
    Provider {
        name: "Shippo",
        harm: "buys postage and reads addresses",
        revoke: "delete it in Settings, API, and create another",
        credentials: &[
            Credential {
                id: "shippo-token",
                title: "Shippo API token",
                anchor: Anchor::Literal(&["shippo_live_", "shippo_test_"]),
                form: "shippo_(?:live|test)_[0-9a-f]{40}",
                tier: Tier::Likely,
                proof: Some(proof::LIVE_OR_TEST),
                hits: &["shippo_live_{hex:40}", "shippo_test_{hex:40}"],
                misses: &["shippo_live_{hex:20}"],
            },
        ],
    },
    Provider {
        name: "Shopify",
        harm: "reads and changes products, orders and customers of the shop within its scopes",
        revoke: "rotate it on the app's API credentials page, or uninstall the app",
        credentials: &[
            Credential {
                id: "shopify-access-token",
                title: "Shopify access token",
                anchor: Anchor::Literal(&["shpat_", "shpca_", "shppa_", "shpua_"]),
                form: "shp(?:at|ca|pa|ua)_[0-9a-f]{32}",
                tier: Tier::Likely,
                proof: None,
                hits: &["shpat_{hex:32}", "shpca_{hex:32}", "shppa_{hex:32}"],
                misses: &["shpat_{hex:16}"],
            },
            Credential {
                id: "shopify-shared-secret",
                title: "Shopify shared secret",
                anchor: Anchor::Literal(&["shpss_"]),
                form: "shpss_[0-9a-f]{32}",
                tier: Tier::Likely,
                proof: None,
                hits: &["shpss_{hex:32}"],
                misses: &["shpss_{hex:16}"],
            },
            Credential {
                id: "shopify-partner-token",
                title: "Shopify partner or automation token",
                anchor: Anchor::Literal(&["prtapi_", "shptka_", "atkn_"]),
                form: "(?:prtapi_[0-9a-f]{32}|shptka_[0-9a-f]{32}|atkn_[0-9a-f]{64})",
                tier: Tier::Likely,
                proof: None,
                hits: &["shptka_{hex:32}"],
                misses: &["shptka_{hex:16}"],
            },
        ],
    },
    Provider {
        name: "TaxJar",
        harm: "reads and changes transactions",
        revoke: "revoke it in the account's API access, and create another",
        credentials: &[
            Credential {
                id: "taxjar-token",
                title: "TaxJar API token",
                anchor: Anchor::Key(&["taxjar"]),
                form: "[0-9a-f]{32}",
                tier: Tier::Likely,
                proof: None,
                hits: &["TAXJAR_API_KEY={hex:32}"],
                misses: &["TAXJAR_API_KEY={hex:16}"],
            },
        ],
    },
    Provider {
        name: "WooCommerce",
        harm: "reads and changes the shop within its rights",
        revoke: "revoke it in the shop's Settings, Advanced, REST API, and create another",
        credentials: &[
            Credential {
                id: "woocommerce-secret",
                title: "WooCommerce consumer secret",
                anchor: Anchor::Key(&["woocommerce", "consumersecret", "wcsecret", "wcapisecret"]),
                form: "cs_[0-9a-f]{40}",
                tier: Tier::Likely,
                proof: None,
                hits: &["WOOCOMMERCE_CONSUMER_SECRET=cs_{hex:40}"],
                misses: &["WOOCOMMERCE_CONSUMER_SECRET=cs_{hex:20}"],
            },
        ],
    },
];
