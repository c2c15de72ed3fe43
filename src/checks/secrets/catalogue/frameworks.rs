//! Keys with which web frameworks sign and encrypt.

use super::{Anchor, Credential, Provider};
use crate::checks::secrets::tier::Tier;

pub(super) const PROVIDERS: &[Provider] = &[
    Provider {
        name: "ASP.NET",
        harm: "forges view state and tickets, and so runs code on the server",
        revoke: "make another machine key, set it in every server's own configuration, and look for view state \
                 errors in the event log",
        credentials: &[
            Credential {
                id: "aspnet-machine-key",
                title: "ASP.NET machine key",
                anchor: Anchor::Literal(&["validationKey"]),
                form: r#"validationKey\s*=\s*"(?P<secret>[0-9A-Fa-f]{40,128})""#,
                tier: Tier::Likely,
                proof: None,
                hits: &[r#"<machineKey validationKey="{HEX:128}" />"#],
                misses: &[r#"<machineKey validationKey="AutoGenerate,IsolateApps" decryptionKey="{HEX:48}" />"#],
            },
            Credential {
                id: "aspnet-decryption-key",
                title: "ASP.NET decryption key of a machine key",
                anchor: Anchor::Literal(&["decryptionKey"]),
                form: r#"decryptionKey\s*=\s*"(?P<secret>[0-9A-Fa-f]{16,64})""#,
                tier: Tier::Likely,
                proof: None,
                hits: &[r#"decryptionKey="{HEX:48}""#],
                misses: &[r#"decryptionKey="AutoGenerate""#],
            },
        ],
    },
    Provider {
        name: "Django",
        harm: "forges sessions, signed values and links to reset passwords",
        revoke: "read SECRET_KEY from the environment, and set another of your own",
        credentials: &[Credential {
            id: "django-insecure-key",
            title: "Django development key",
            anchor: Anchor::Literal(&["django-insecure-"]),
            form: "django-insecure-[0-9A-Za-z!@#$%^&*()_=+-]{50}",
            tier: Tier::Possible,
            proof: None,
            hits: &[r#"SECRET_KEY = "django-insecure-{an:50}""#],
            misses: &[r#"SECRET_KEY = "django-insecure-{an:40}""#],
        }],
    },
    Provider {
        name: "Laravel",
        harm: "forges sessions and signed addresses, and may run code on the server",
        revoke: "make another with `php artisan key:generate` for each environment; sessions end, and encrypted \
                 columns need `APP_PREVIOUS_KEYS`",
        credentials: &[Credential {
            id: "laravel-app-key",
            title: "Laravel application key",
            anchor: Anchor::Literal(&["base64:"]),
            form: r#"APP_KEY["\']?\s*(?:=>|[=:,])\s*["\']?(?P<secret>base64:[0-9A-Za-z+/]{43}=)"#,
            tier: Tier::Likely,
            proof: None,
            hits: &["APP_KEY=base64:{b64:43}="],
            misses: &["APP_KEY=base64:{b64:42}="],
        }],
    },
    Provider {
        name: "Phoenix",
        harm: "forges sessions and signed values",
        revoke: "make another with `mix phx.gen.secret`, and read it from the environment",
        credentials: &[Credential {
            id: "phoenix-secret-key-base",
            title: "Phoenix secret key base",
            anchor: Anchor::Key(&["secretkeybase"]),
            form: "[0-9A-Za-z+/]{64}",
            tier: Tier::Likely,
            proof: None,
            hits: &["secret_key_base: {b64:64}"],
            misses: &["secret_key_base: {b64:63}"],
        }],
    },
    Provider {
        name: "Rails",
        harm: "forges sessions and signed values, and may run code on the server",
        revoke: "make another with `bin/rails secret`, set it in the environment or the encrypted credentials, and \
                 expect sessions to end",
        credentials: &[
            Credential {
                id: "rails-secret-key-base",
                title: "Rails secret key base",
                anchor: Anchor::Key(&["secretkeybase"]),
                form: "[0-9a-f]{128}",
                tier: Tier::Likely,
                proof: None,
                hits: &["SECRET_KEY_BASE={hex:128}"],
                misses: &["SECRET_KEY_BASE={hex:127}"],
            },
            Credential {
                id: "rails-master-key",
                title: "Rails master key",
                anchor: Anchor::Key(&["railsmasterkey"]),
                form: "[0-9a-f]{32}",
                tier: Tier::Likely,
                proof: None,
                hits: &["RAILS_MASTER_KEY={hex:32}"],
                misses: &["RAILS_MASTER_KEY={hex:31}"],
            },
        ],
    },
    Provider {
        name: "Symfony",
        harm: "forges signed addresses and remembered sign-ins, and may run code on the server",
        revoke: "set another APP_SECRET in the environment of each deployment",
        credentials: &[Credential {
            id: "symfony-app-secret",
            title: "Symfony application secret",
            anchor: Anchor::Key(&["symfonysecret", "symfonyappsecret"]),
            form: "[0-9a-f]{32,64}",
            tier: Tier::Likely,
            proof: None,
            hits: &["SYMFONY_APP_SECRET={hex:32}"],
            misses: &["SYMFONY_APP_SECRET={hex:31}"],
        }],
    },
];
