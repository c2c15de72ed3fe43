//! What is no secret although it looks like one.

use super::expression::Expression;
use super::settings::Target;
use crate::checks::Remark;
use crate::checks::secrets::hit::Hit;
use crate::checks::secrets::input::Input;
use crate::formats::globs::Globs;
use crate::model::{Date, Level, Mode, Run, Timestamp};

/// One entry of `allow`. It holds when everything that it asks for holds.
pub(super) struct Allow {
    pub(super) pattern: Option<Expression>,
    pub(super) target: Target,
    pub(super) paths: Option<Globs>,
    pub(super) path_pattern: Option<Expression>,
    /// In small letters.
    pub(super) stopwords: Vec<String>,
    pub(super) ids: Vec<String>,
    /// Why.
    pub(super) reason: String,
    /// Who answers for it.
    pub(super) owner: Option<String>,
    /// The last day on which it holds.
    pub(super) expires: Option<Date>,
}

/// How many days before its last day an entry announces its end.
const NOTICE_DAYS: i32 = 14;
/// Characters of a reason that are shown.
const LONGEST_REASON: usize = 80;

/// Bytes of a line on either side of a hit that are looked at.
const AROUND: usize = 4096;

impl Allow {
    /// Whether it speaks of this hit, on whichever day. While the path of a text is not known, what depends on it does not hold.
    pub(super) fn speaks_of(&self, input: &Input<'_>, hit: &Hit) -> bool {
        if input.is_nowhere() && self.depends_on_place() {
            return false;
        }
        (self.ids.is_empty() || self.ids.iter().any(|it| it == hit.kind.name()))
            && self.paths.as_ref().is_none_or(|it| it.is_match(input.path))
            && self.path_pattern.as_ref().is_none_or(|it| it.is_in(input.path))
            && (self.stopwords.is_empty() || has_any(&hit.secret.0, &self.stopwords))
            && self.pattern.as_ref().is_none_or(|it| {
                let text = match self.target {
                    Target::Secret => &hit.secret.0,
                    Target::Match => hit.matched.as_ref().map_or(&hit.secret.0[..], |it| &it.0),
                    Target::Line => lines(input, hit),
                };
                it.regex().is_some_and(|it| it.is_match(text))
            })
    }

    /// What a person should know about it once a run is over, and whether it covered something in it.
    pub(super) fn remark(&self, number: usize, has_covered: bool, run: &Run) -> Option<Remark> {
        let reason: String = self.reason.trim().chars().take(LONGEST_REASON).collect();
        let entry = format!("entry {number} of `allow` (\u{201c}{reason}\u{201d})");
        let owner = self.owner.as_ref().map(|it| format!("; {it} answers for it")).unwrap_or_default();
        let days = self.expires.map(|it| run.now.date().days_until(it));
        let sees_everything = run.mode == Mode::All;
        let say = |level, message, help| Some(Remark { level, message, help });
        match (self.expires, days) {
            (Some(day), _) if self.is_over(run.now) && has_covered => say(
                Level::Warn,
                format!("{entry} ended on {day}, and what it covered stands again"),
                format!("mend what it covered, or set another day{owner}"),
            ),
            (Some(day), _) if self.is_over(run.now) => say(
                Level::Note,
                format!("{entry} ended on {day}, and nothing of this run needs it"),
                "remove it from the policy".to_owned(),
            ),
            _ if sees_everything && !has_covered && run.history => say(
                Level::Note,
                format!("{entry} covers nothing, neither in the files nor in history"),
                "remove it from the policy".to_owned(),
            ),
            _ if sees_everything && !has_covered => say(
                Level::Note,
                format!("{entry} covers nothing in any file"),
                "remove it from the policy, unless `gatecheck --history` needs it".to_owned(),
            ),
            (Some(day), Some(days)) if days <= NOTICE_DAYS => say(
                Level::Note,
                format!("{entry} ends on {day}"),
                format!("mend what it covers until then, or set another day{owner}"),
            ),
            (Some(_) | None, _) => None,
        }
    }

    /// Whether its last day is over.
    pub(super) fn is_over(&self, now: Timestamp) -> bool {
        self.expires.is_some_and(|it| it.end() <= now)
    }

    /// Whether the same secret may be allowed at one place and not at another.
    pub(super) fn depends_on_place(&self) -> bool {
        self.paths.is_some() || self.path_pattern.is_some() || self.pattern.is_some() && self.target != Target::Secret
    }
}

/// Whether a text has one of the words, in any case of letters.
pub(super) fn has_any(text: &[u8], words: &[String]) -> bool {
    let text = text.to_ascii_lowercase();
    words.iter().any(|it| memchr::memmem::find(&text, it.as_bytes()).is_some())
}

/// The lines that a hit stands on, as far as they are near.
pub(super) fn lines<'a>(input: &Input<'a>, hit: &Hit) -> &'a [u8] {
    let text = input.text;
    let first = hit.span.start.min(text.len()).saturating_sub(AROUND);
    let before = text.get(first..hit.span.start).unwrap_or_default();
    let start = memchr::memrchr(b'\n', before).map_or(first, |at| first + at + 1);
    let last = text.len().min(hit.span.end.saturating_add(AROUND));
    let after = text.get(hit.span.end..last).unwrap_or_default();
    let end = memchr::memchr(b'\n', after).map_or(last, |at| hit.span.end + at);
    text.get(start..end).unwrap_or_default()
}
