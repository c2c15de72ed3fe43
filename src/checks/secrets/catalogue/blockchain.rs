//! Exchanges of currencies and nodes of chains.

use super::{Anchor, Credential, Provider};
use crate::checks::secrets::proof;
use crate::checks::secrets::tier::Tier;

pub(super) const PROVIDERS: &[Provider] = &[
    Provider {
        name: "Alchemy",
        harm: "uses the account's nodes at its owner's cost",
        revoke: "rotate it on the app's page",
        credentials: &[
            Credential {
                id: "alchemy-key",
                title: "Alchemy API key",
                anchor: Anchor::Key(&["alchemyapikey", "alchemykey", "alchemytoken"]),
                form: "[0-9A-Za-z_-]{32}",
                tier: Tier::Likely,
                proof: None,
                hits: &["ALCHEMY_API_KEY={b64url:32}"],
                misses: &["ALCHEMY_API_KEY={b64url:16}"],
            },
            Credential {
                id: "alchemy-url",
                title: "Alchemy endpoint with its key",
                anchor: Anchor::Literal(&[".g.alchemy.com/"]),
                form: r"\.g\.alchemy\.com/v2/(?P<secret>[0-9A-Za-z_-]{32})",
                tier: Tier::Likely,
                proof: None,
                hits: &["https://eth-mainnet.g.alchemy.com/v2/{b64url:32}"],
                misses: &["https://eth-mainnet.g.alchemy.com/v2/demo"],
            },
        ],
    },
    Provider {
        name: "Binance",
        harm: "moves money and reads customers of the account",
        revoke: "delete it in API management, and create another with limits on addresses",
        credentials: &[
            Credential {
                id: "binance-secret",
                title: "Binance API secret or key",
                anchor: Anchor::Key(&["binance"]),
                form: "[0-9A-Za-z]{64}",
                tier: Tier::Likely,
                proof: None,
                hits: &["BINANCE_API_SECRET={an:64}"],
                misses: &["BINANCE_API_SECRET={an:32}"],
            },
        ],
    },
    Provider {
        name: "Coinbase",
        harm: "moves money and reads customers of the account",
        revoke: "delete it in the Developer Platform, API keys, and create another",
        credentials: &[
            Credential {
                id: "coinbase-key-name",
                title: "Coinbase API key name",
                anchor: Anchor::Literal(&["/apiKeys/"]),
                form: "organizations/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/apiKeys/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}",
                tier: Tier::Possible,
                proof: Some(proof::IDENTIFIER),
                hits: &["organizations/{hex:8}-{hex:4}-4{hex:3}-8{hex:3}-{hex:12}/apiKeys/{hex:8}-{hex:4}-4{hex:3}-8{hex:3}-{hex:12}"],
                misses: &["organizations/{hex:8}-{hex:4}-4{hex:3}-8{hex:3}-{hex:12}/apiKeys/list"],
            },
            Credential {
                id: "coinbase-secret",
                title: "Coinbase API secret",
                anchor: Anchor::Key(&["coinbaseapisecret", "coinbasesecret", "cbsecret"]),
                form: "[0-9A-Za-z]{32}|[0-9A-Za-z+/]{86}==",
                tier: Tier::Likely,
                proof: None,
                hits: &["COINBASE_API_SECRET={an:32}"],
                misses: &["COINBASE_API_SECRET={an:16}"],
            },
        ],
    },
    Provider {
        name: "CoinGecko",
        harm: "uses the API at its owner's cost",
        revoke: "delete it in the developer dashboard, and create another",
        credentials: &[
            Credential {
                id: "coingecko-key",
                title: "CoinGecko API key",
                anchor: Anchor::Key(&["coingecko"]),
                form: "CG-[0-9A-Za-z]{24}",
                tier: Tier::Likely,
                proof: None,
                hits: &["COINGECKO_API_KEY=CG-{an:24}"],
                misses: &["COINGECKO_API_KEY=CG-{an:12}"],
            },
        ],
    },
    Provider {
        name: "CoinMarketCap",
        harm: "uses the API at its owner's cost",
        revoke: "regenerate it in the developer portal",
        credentials: &[
            Credential {
                id: "coinmarketcap-key",
                title: "CoinMarketCap API key",
                anchor: Anchor::Key(&["coinmarketcap", "cmcapikey", "cmcproapi"]),
                form: "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}",
                tier: Tier::Likely,
                proof: None,
                hits: &["COINMARKETCAP_API_KEY={hex:8}-{hex:4}-4{hex:3}-8{hex:3}-{hex:12}"],
                misses: &["COINMARKETCAP_API_KEY={hex:8}-{hex:4}-4{hex:3}-8{hex:3}-{hex:6}"],
            },
        ],
    },
    Provider {
        name: "Etherscan",
        harm: "uses the API within its owner's limits",
        revoke: "remove it on the page API keys, and create another",
        credentials: &[
            Credential {
                id: "etherscan-key",
                title: "Etherscan API key",
                anchor: Anchor::Key(&["etherscan", "bscscan", "polygonscan", "arbiscan", "basescan"]),
                form: "[0-9A-Z]{34}",
                tier: Tier::Likely,
                proof: None,
                hits: &["ETHERSCAN_API_KEY={upper:34}"],
                misses: &["ETHERSCAN_API_KEY={upper:17}"],
            },
        ],
    },
    Provider {
        name: "Infura",
        harm: "uses the account's nodes at its owner's cost",
        revoke: "rotate it on the key's page",
        credentials: &[
            Credential {
                id: "infura-url",
                title: "Infura endpoint with its key",
                anchor: Anchor::Literal(&[".infura.io/"]),
                form: r"\.infura\.io/(?:ws/)?v3/(?P<secret>[0-9a-f]{32})",
                tier: Tier::Likely,
                proof: None,
                hits: &["https://mainnet.infura.io/v3/{hex:32}"],
                misses: &["https://mainnet.infura.io/v3/YOUR-PROJECT-ID"],
            },
            Credential {
                id: "infura-secret",
                title: "Infura project secret",
                anchor: Anchor::Key(&["infurasecret", "infuraprojectsecret", "infuraapikeysecret"]),
                form: "[0-9a-f]{32}|[0-9A-Za-z+/]{51,57}={0,2}",
                tier: Tier::Likely,
                proof: None,
                hits: &["INFURA_PROJECT_SECRET={hex:32}"],
                misses: &["INFURA_PROJECT_SECRET={hex:16}"],
            },
        ],
    },
    Provider {
        name: "Kraken",
        harm: "moves money and reads customers of the account",
        revoke: "delete it in Settings, API, and create another",
        credentials: &[
            Credential {
                id: "kraken-secret",
                title: "Kraken private key",
                anchor: Anchor::Key(&["krakenprivate", "krakensecret", "krakenapisecret"]),
                form: "[0-9A-Za-z+/]{86}==",
                tier: Tier::Likely,
                proof: None,
                hits: &["KRAKEN_API_SECRET={b64:86}=="],
                misses: &["KRAKEN_API_SECRET={b64:43}=="],
            },
        ],
    },
    Provider {
        name: "KuCoin",
        harm: "moves money and reads customers of the account",
        revoke: "delete it in API management, and create another",
        credentials: &[
            Credential {
                id: "kucoin-secret",
                title: "KuCoin API secret",
                anchor: Anchor::Key(&["kucoin"]),
                form: "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}",
                tier: Tier::Likely,
                proof: None,
                hits: &["KUCOIN_API_SECRET={hex:8}-{hex:4}-4{hex:3}-8{hex:3}-{hex:12}"],
                misses: &["KUCOIN_API_SECRET={hex:8}-{hex:4}-4{hex:3}-8{hex:3}-{hex:6}"],
            },
        ],
    },
    Provider {
        name: "QuickNode",
        harm: "uses the account's nodes at its owner's cost",
        revoke: "delete the endpoint or its token, and create another",
        credentials: &[
            Credential {
                id: "quicknode-url",
                title: "QuickNode endpoint with its token",
                anchor: Anchor::Literal(&[".quiknode.pro/"]),
                form: r"\.quiknode\.pro/(?P<secret>[0-9a-f]{40})",
                tier: Tier::Likely,
                proof: None,
                hits: &["https://acme-test.quiknode.pro/{hex:40}/"],
                misses: &["https://acme-test.quiknode.pro/{hex:20}/"],
            },
        ],
    },
];
