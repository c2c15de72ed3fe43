//! Settings of `commits`.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::checks::signing::Signing;
use crate::formats::name_pattern::NamePatterns;
use crate::formats::pattern::Pattern;

/// Settings of `commits`. Each part is judged when it is given; at least one must be.
#[derive(Deserialize, JsonSchema)]
#[serde(try_from = "Parts")]
#[schemars(with = "Parts")]
pub(in crate::checks) struct Params(pub(super) Parts);

impl TryFrom<Parts> for Params {
    type Error = &'static str;

    fn try_from(parts: Parts) -> Result<Self, Self::Error> {
        let Parts { conventional, subject, body, sign_off, ticket, trailers, forbid, author, committer, .. } = &parts;
        let none = conventional.is_none()
            && subject.is_none()
            && body.is_none()
            && sign_off.is_none()
            && ticket.is_none()
            && trailers.is_empty()
            && forbid.is_empty()
            && author.is_none()
            && committer.is_none()
            && parts.signatures.is_none()
            && !parts.reverts;
        if none {
            return Err("nothing is judged: name at least one of `conventional`, `subject`, `body`, `sign-off`, \
                        `ticket`, `trailers`, `forbid`, `reverts`, `author`, `committer` and `signatures`");
        }
        Ok(Self(parts))
    }
}

/// The parts that can be judged.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct Parts {
    /// Subjects follow Conventional Commits.
    #[serde(default)]
    pub(super) conventional: Option<Conventional>,
    /// What the first line looks like.
    #[serde(default)]
    pub(super) subject: Option<Subject>,
    /// What follows the first line.
    #[serde(default)]
    pub(super) body: Option<Body>,
    /// A `Signed-off-by` line, as the Developer Certificate of Origin asks for.
    #[serde(default)]
    pub(super) sign_off: Option<SignOff>,
    /// A ticket that the message names.
    #[serde(default)]
    pub(super) ticket: Option<Ticket>,
    /// Trailers that each message carries.
    #[serde(default)]
    pub(super) trailers: Vec<RequiredTrailer>,
    /// Kinds of commits that must not be there.
    #[serde(default)]
    pub(super) forbid: Vec<Kind>,
    /// Whether a revert must name the commit that it takes back.
    #[serde(default)]
    pub(super) reverts: bool,
    /// Who may be the author.
    #[serde(default)]
    pub(super) author: Option<Person>,
    /// Who may be the committer. `noreply@github.com`, which GitHub uses for what is merged or edited on
    /// its site, is always accepted.
    #[serde(default)]
    pub(super) committer: Option<Person>,
    /// Signatures that are verified.
    #[serde(default)]
    pub(super) signatures: Option<Signing>,
    /// Commits that no part looks at, by the name or e-mail address of their author. Names are claims:
    /// anybody can write any.
    #[serde(default)]
    pub(super) exempt_authors: NamePatterns,
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct Conventional {
    /// Allowed types.
    #[serde(default = "default_types")]
    pub(super) types: Vec<String>,
    /// Patterns of allowed scopes; any scope when absent. `api, web` is two scopes.
    #[serde(default)]
    pub(super) scopes: Option<NamePatterns>,
    /// Whether there must be a scope.
    #[serde(default)]
    pub(super) scope: Presence,
    /// How a breaking change is marked.
    #[serde(default)]
    pub(super) breaking: Breaking,
}

fn default_types() -> Vec<String> {
    ["build", "chore", "ci", "docs", "feat", "fix", "perf", "refactor", "revert", "style", "test"]
        .map(str::to_owned)
        .to_vec()
}

#[derive(Clone, Copy, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Presence {
    /// As the author likes.
    #[default]
    Optional,
    /// It must be there.
    Required,
    /// It must not be there.
    Forbidden,
}

#[derive(Clone, Copy, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Breaking {
    /// By `!`, by a `BREAKING CHANGE:` footer, or by both.
    #[default]
    Any,
    /// By `!` always: a footer alone is overlooked in a log of subjects.
    Mark,
    /// By a footer always: `!` alone does not say what breaks.
    Footer,
    /// By both.
    Both,
    /// Not at all: no commit may break anything.
    Forbidden,
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct Subject {
    /// A pattern that is found in the subject; `^` and `$` are its ends.
    #[serde(default)]
    pub(super) pattern: Option<Pattern>,
    /// What to say when the pattern is not found.
    #[serde(default)]
    pub(super) message: Option<String>,
    /// Most characters. For a soft limit, write a second rule with `level: warn`.
    #[serde(default)]
    pub(super) max_length: Option<u32>,
    /// Whether a full stop may end it.
    #[serde(default)]
    pub(super) full_stop: FullStop,
    /// How it begins, after a conventional prefix.
    #[serde(default)]
    pub(super) case: Case,
    /// Whether its first word is looked up in a list of verbs in other moods (`Added`, `Fixes`, `Changing`).
    /// The list is short and sure; a word that is not in it passes.
    #[serde(default)]
    pub(super) imperative: bool,
}

#[derive(Clone, Copy, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub(super) enum FullStop {
    /// It must not.
    #[default]
    Forbidden,
    /// It may.
    Allowed,
}

#[derive(Clone, Copy, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Case {
    /// As the author likes.
    #[default]
    Any,
    /// With a small letter; `API`, `README` and `GitHub` pass.
    Lower,
    /// With a capital letter; `iOS` and `rustfmt.toml` pass.
    Upper,
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct Body {
    /// Whether the second line must be blank.
    #[serde(default = "yes")]
    pub(super) blank_line: bool,
    /// Most characters of a line. Trailers, quotations, indented and fenced lines, tables, URLs and lines
    /// that cannot be broken are left alone.
    #[serde(default)]
    pub(super) max_line_length: Option<u32>,
    /// Whether there must be a body.
    #[serde(default)]
    pub(super) required: bool,
}

fn yes() -> bool {
    true
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct SignOff {
    /// Whose address must stand in it.
    #[serde(default)]
    pub(super) by: Signatory,
}

#[derive(Clone, Copy, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Signatory {
    /// The author's.
    #[default]
    Author,
    /// The author's or the committer's.
    Either,
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct Ticket {
    /// What a ticket looks like: `[A-Z]{2,}-\d+`, `#\d+`.
    pub(super) pattern: Pattern,
    /// Where it must stand.
    #[serde(default, rename = "in")]
    pub(super) place: TicketPlace,
    /// A ticket to show as an example.
    #[serde(default)]
    pub(super) example: Option<String>,
}

#[derive(Clone, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub(super) enum TicketPlace {
    /// Anywhere in the message.
    #[default]
    Message,
    /// In the subject.
    Subject,
    /// In the trailer with this token.
    Trailer(String),
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct RequiredTrailer {
    /// Its token: `Change-Id`, `Reviewed-by`. Case does not matter.
    pub(super) token: String,
    /// What is found in its value; any value when absent.
    #[serde(default)]
    pub(super) pattern: Option<Pattern>,
    /// What to do when it is absent.
    #[serde(default)]
    pub(super) help: Option<String>,
}

/// Kinds of commits.
#[derive(Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Kind {
    /// `fixup!`, `squash!` and `amend!`, which wait to be folded into another commit.
    Autosquash,
    /// `WIP`, `work in progress` and `do not merge`.
    WorkInProgress,
    /// Every merge.
    Merges,
    /// Merges of commits that the target does not have; merging the target into the branch is fine.
    MergesOfOtherBranches,
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct Person {
    /// Patterns of allowed e-mail addresses; any address when absent.
    #[serde(default)]
    pub(super) email: Option<NamePatterns>,
    /// Patterns of forbidden e-mail addresses.
    #[serde(default)]
    pub(super) not_email: NamePatterns,
    /// Whether a name must be given.
    #[serde(default = "yes")]
    pub(super) name: bool,
}
