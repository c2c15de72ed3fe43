//! Where source code lives: hosts of repositories.

use super::{Anchor, Credential, Provider};
use crate::checks::secrets::proof;
use crate::checks::secrets::tier::Tier;

pub(super) const PROVIDERS: &[Provider] = &[
    Provider {
        name: "GitHub",
        harm: "reads and changes what its owner may in repositories, packages and workflows",
        revoke: "revoke it at https://github.com/settings/tokens, look through the security log for its use, and create \
                 another with the fewest scopes",
        credentials: &[
            Credential {
                id: "github-pat",
                title: "GitHub personal access token (classic)",
                anchor: Anchor::Literal(&["ghp_"]),
                form: "ghp_[0-9A-Za-z]{36}",
                tier: Tier::Likely,
                proof: Some(proof::GITHUB),
                hits: &["ghp_{an:30}{sum}"],
                misses: &["ghp_{an:20}", "ghp_{an:40}"],
            },
            Credential {
                id: "github-fine-grained-pat",
                title: "GitHub fine-grained personal access token",
                anchor: Anchor::Literal(&["github_pat_"]),
                form: "github_pat_[0-9A-Za-z]{22}_[0-9A-Za-z]{59}",
                tier: Tier::Likely,
                proof: None,
                hits: &["github_pat_{an:22}_{an:59}"],
                misses: &["github_pat_{an:22}_{an:20}"],
            },
        ],
    },
    Provider {
        name: "GitLab",
        harm: "acts as its owner in GitLab's projects, registries and pipelines",
        revoke: "revoke it under Preferences, Access tokens (or the project's or group's Settings, Access tokens), and \
                 create another with the fewest scopes",
        credentials: &[
            Credential {
                id: "gitlab-pat",
                title: "GitLab personal access token",
                anchor: Anchor::Literal(&["glpat-"]),
                form: "glpat-[0-9A-Za-z_-]{20}",
                tier: Tier::Likely,
                proof: None,
                hits: &["glpat-{b64url:20}"],
                misses: &["glpat-{an:12}"],
            },
            Credential {
                id: "gitlab-routable-pat",
                title: "GitLab personal access token (routable)",
                anchor: Anchor::Literal(&["glpat-"]),
                form: r"glpat-[0-9A-Za-z_-]{27,300}\.[0-9a-z]{2}\.[0-9a-z]{2}[0-9a-z]{7}",
                tier: Tier::Likely,
                proof: Some(proof::GITLAB_ROUTABLE),
                hits: &["glpat-{b64url:27}.01.{lower:2}{sum}"],
                misses: &["glpat-{b64url:10}.01.{lower:9}"],
            },
        ],
    },
];
