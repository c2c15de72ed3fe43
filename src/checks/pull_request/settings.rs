//! Settings of `pull-request`.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::formats::name_pattern::{NamePattern, NamePatterns};
use crate::formats::pattern::Pattern;

/// Settings of `pull-request`. Each part is judged when it is given.
#[derive(Deserialize, JsonSchema)]
#[serde(try_from = "Parts")]
#[schemars(with = "Parts")]
pub(in crate::checks) struct Params(pub(super) Parts);

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct Parts {
    /// Rules for the title.
    #[serde(default)]
    pub(super) title: Option<Title>,
    /// Rules for the description.
    #[serde(default)]
    pub(super) body: Option<Body>,
    /// A ticket that must be named.
    #[serde(default)]
    pub(super) ticket: Option<Ticket>,
    /// Rules for the labels.
    #[serde(default)]
    pub(super) labels: Option<Labels>,
    /// Whether a draft may pass.
    #[serde(default)]
    pub(super) draft: Draft,
    /// Which review threads must be resolved.
    #[serde(default)]
    pub(super) threads: Threads,
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct Title {
    /// A pattern that the whole title must match.
    #[serde(default)]
    pub(super) pattern: Option<NamePattern>,
    /// A good title to show as an example.
    #[serde(default)]
    pub(super) example: Option<String>,
    /// Most characters.
    #[serde(default)]
    pub(super) max_length: Option<u32>,
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct Body {
    /// Fewest characters of one's own: comments, headings and the words of the template do not count.
    #[serde(default)]
    pub(super) min_length: Option<u32>,
    /// Headings that must be there, with something below them.
    #[serde(default)]
    pub(super) sections: Vec<String>,
    /// Path of the template, read at the tip of the target branch: what it says is not said by whoever left it standing.
    #[serde(default)]
    pub(super) template: Option<String>,
    /// Whether every box of a list of tasks must be ticked.
    #[serde(default)]
    pub(super) tasks: Tasks,
}

/// What becomes of boxes that are not ticked.
#[derive(Clone, Copy, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Tasks {
    /// They may stay open.
    #[default]
    Ignore,
    /// They fail.
    Done,
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct Ticket {
    /// A pattern of its name.
    pub(super) pattern: Pattern,
    /// Where it is looked for.
    #[serde(default = "title_or_body", rename = "in")]
    pub(super) places: Vec<TicketPlace>,
}

fn title_or_body() -> Vec<TicketPlace> {
    vec![TicketPlace::Title, TicketPlace::Body]
}

/// Where a ticket may be named.
#[derive(Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub(super) enum TicketPlace {
    /// In the title.
    Title,
    /// In the description, outside of comments.
    Body,
    /// In the name of the source branch.
    Branch,
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct Labels {
    /// Patterns, each of which some label must match.
    #[serde(default)]
    pub(super) required: Vec<NamePattern>,
    /// Patterns of labels that hold the pull request up.
    #[serde(default)]
    pub(super) forbidden: NamePatterns,
}

/// Whether a draft may pass.
#[derive(Clone, Copy, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Draft {
    /// It may: the forge does not merge it.
    #[default]
    Pass,
    /// It fails.
    Fail,
}

/// Which review threads must be resolved.
#[derive(Clone, Copy, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Threads {
    /// None.
    #[default]
    Ignore,
    /// All but those whose lines have changed since.
    Current,
    /// All.
    Resolved,
}

impl TryFrom<Parts> for Params {
    type Error = String;

    fn try_from(parts: Parts) -> Result<Self, String> {
        let Parts { title, body, ticket, labels, draft, threads } = &parts;
        let is_silent = title.is_none() && body.is_none() && ticket.is_none() && labels.is_none();
        if is_silent && *draft == Draft::Pass && *threads == Threads::Ignore {
            return Err(
                "nothing is asked for: give `title`, `body`, `ticket`, `labels`, `draft` or `threads`".to_owned()
            );
        }
        if ticket.as_ref().is_some_and(|it| it.places.is_empty()) {
            return Err("`in` names where the ticket is looked for".to_owned());
        }
        Ok(Self(parts))
    }
}
