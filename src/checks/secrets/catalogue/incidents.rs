//! Alerts, incidents and checks from outside.

use super::{Anchor, Credential, Provider};
use crate::checks::secrets::tier::Tier;

pub(super) const PROVIDERS: &[Provider] = &[
    Provider {
        name: "Better Stack",
        harm: "reads what is recorded and sends false data",
        revoke: "delete it in the team's API tokens, and create another",
        credentials: &[
            Credential {
                id: "better-stack-token",
                title: "Better Stack token",
                anchor: Anchor::Key(&["betterstack", "logtail", "betteruptime"]),
                form: "[0-9A-Za-z]{24}",
                tier: Tier::Likely,
                proof: None,
                hits: &["LOGTAIL_SOURCE_TOKEN={an:24}"],
                misses: &["LOGTAIL_SOURCE_TOKEN={an:12}"],
            },
        ],
    },
    Provider {
        name: "Checkly",
        harm: "changes checks and reads their variables",
        revoke: "delete it in the user's settings, API keys, and create another",
        credentials: &[
            Credential {
                id: "checkly-key",
                title: "Checkly API key",
                anchor: Anchor::Key(&["checkly"]),
                form: "cu_[0-9a-f]{32}",
                tier: Tier::Likely,
                proof: None,
                hits: &["CHECKLY_API_KEY=cu_{hex:32}"],
                misses: &["CHECKLY_API_KEY=cu_{hex:16}"],
            },
        ],
    },
    Provider {
        name: "Cronitor",
        harm: "reads what is recorded and sends false data",
        revoke: "delete it in Settings, API keys, and create another",
        credentials: &[
            Credential {
                id: "cronitor-key",
                title: "Cronitor API key",
                anchor: Anchor::Key(&["cronitor"]),
                form: "[0-9a-f]{32}",
                tier: Tier::Likely,
                proof: None,
                hits: &["CRONITOR_API_KEY={hex:32}"],
                misses: &["CRONITOR_API_KEY={hex:16}"],
            },
        ],
    },
    Provider {
        name: "incident.io",
        harm: "reads and changes incidents within its rights",
        revoke: "delete it in Settings, API keys, and create another",
        credentials: &[
            Credential {
                id: "incident-io-key",
                title: "incident.io API key",
                anchor: Anchor::Key(&["incidentio", "incidentapi"]),
                form: "inc_[0-9A-Za-z]{40,70}|inc_[0-9a-f]{64}",
                tier: Tier::Likely,
                proof: None,
                hits: &["INCIDENT_IO_API_KEY=inc_{hex:64}"],
                misses: &["INCIDENT_IO_API_KEY=inc_{hex:32}"],
            },
        ],
    },
    Provider {
        name: "Opsgenie",
        harm: "reads and changes alerts and schedules",
        revoke: "delete it in Settings, API key management, and create another",
        credentials: &[
            Credential {
                id: "opsgenie-key",
                title: "Opsgenie API key",
                anchor: Anchor::Key(&["opsgenieapi", "opsgeniekey", "geniekey"]),
                form: "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}",
                tier: Tier::Likely,
                proof: None,
                hits: &["OPSGENIE_API_KEY={hex:8}-{hex:4}-4{hex:3}-8{hex:3}-{hex:12}"],
                misses: &["OPSGENIE_API_KEY={hex:8}-{hex:4}-4{hex:3}-8{hex:3}-{hex:6}"],
            },
        ],
    },
    Provider {
        name: "PagerDuty",
        harm: "reads and changes schedules and incidents",
        revoke: "delete it in Integrations, API access keys, and create another",
        credentials: &[
            Credential {
                id: "pagerduty-key",
                title: "PagerDuty API key",
                anchor: Anchor::Key(&["pagerduty"]),
                form: "[0-9A-Za-z_+-]{20}",
                tier: Tier::Likely,
                proof: None,
                hits: &["PAGERDUTY_TOKEN={b64url:20}"],
                misses: &["PAGERDUTY_TOKEN={b64url:10}"],
            },
            Credential {
                id: "pagerduty-routing-key",
                title: "PagerDuty integration key",
                anchor: Anchor::Key(&["pagerdutyroutingkey", "pagerdutyintegrationkey", "pagerdutyservicekey"]),
                form: "[0-9a-f]{32}|R[0-9A-Z]{31}",
                tier: Tier::Likely,
                proof: None,
                hits: &["PAGERDUTY_ROUTING_KEY={hex:32}"],
                misses: &["PAGERDUTY_ROUTING_KEY={hex:16}"],
            },
        ],
    },
    Provider {
        name: "Rootly",
        harm: "reads and changes incidents",
        revoke: "delete it in the account's API keys, and create another",
        credentials: &[
            Credential {
                id: "rootly-key",
                title: "Rootly API key",
                anchor: Anchor::Literal(&["rootly_"]),
                form: "rootly_[0-9a-f]{64}",
                tier: Tier::Likely,
                proof: None,
                hits: &["rootly_{hex:64}"],
                misses: &["rootly_{hex:32}"],
            },
        ],
    },
    Provider {
        name: "Statuspage",
        harm: "changes the page and its incidents",
        revoke: "delete it in the user menu, API info, and create another",
        credentials: &[
            Credential {
                id: "statuspage-key",
                title: "Statuspage API key",
                anchor: Anchor::Key(&["statuspage"]),
                form: "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|[0-9a-f]{64}",
                tier: Tier::Likely,
                proof: None,
                hits: &["STATUSPAGE_API_KEY={hex:8}-{hex:4}-4{hex:3}-8{hex:3}-{hex:12}"],
                misses: &["STATUSPAGE_API_KEY={hex:8}-{hex:4}-4{hex:3}-8{hex:3}-{hex:6}"],
            },
        ],
    },
    Provider {
        name: "UptimeRobot",
        harm: "reads and changes monitors",
        revoke: "delete it in Integrations & API, and create another",
        credentials: &[
            Credential {
                id: "uptimerobot-key",
                title: "UptimeRobot API key",
                anchor: Anchor::Key(&["uptimerobot"]),
                form: "u[0-9]{5,10}-[0-9a-f]{24,32}",
                tier: Tier::Likely,
                proof: None,
                hits: &["UPTIMEROBOT_API_KEY=u{digit:7}-{hex:24}"],
                misses: &["UPTIMEROBOT_API_KEY=u{digit:7}-{hex:12}"],
            },
        ],
    },
];
