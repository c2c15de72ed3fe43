//! Comparisons of a change's size: `files: ">= 10"`.

use super::part::Truth;
use crate::model::{Facts, Missing};

/// What is counted, over the files that the rule sees.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Measure {
    /// Changed files.
    Files,
    /// Added and deleted lines.
    Lines,
    /// Added lines.
    Additions,
    /// Deleted lines.
    Deletions,
}

/// Each measure by its key.
pub(super) const MEASURES: [(&str, Measure); 4] = [
    ("files", Measure::Files),
    ("lines", Measure::Lines),
    ("additions", Measure::Additions),
    ("deletions", Measure::Deletions),
];

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Comparison {
    Less,
    AtMost,
    Equal,
    AtLeast,
    More,
}

/// A measure and what it is compared with.
#[derive(Clone, Debug)]
pub(super) struct Bound {
    measure: Measure,
    comparison: Comparison,
    limit: u64,
}

impl Bound {
    /// Reads a comparison such as `>= 10`; nothing when the text is none.
    pub(super) fn parse(measure: Measure, text: &str) -> Option<Self> {
        const SIGNS: [(&str, Comparison); 6] = [
            ("<=", Comparison::AtMost),
            (">=", Comparison::AtLeast),
            ("==", Comparison::Equal),
            ("<", Comparison::Less),
            (">", Comparison::More),
            ("=", Comparison::Equal),
        ];
        let text = text.trim();
        let (rest, comparison) = SIGNS.iter().find_map(|(sign, it)| text.strip_prefix(sign).map(|rest| (rest, *it)))?;
        let digits = rest.trim().replace('_', "");
        let limit = digits.bytes().all(|it| it.is_ascii_digit()).then(|| digits.parse().ok())??;
        Some(Self { measure, comparison, limit })
    }

    /// Whether no size can be so.
    pub(super) fn is_impossible(&self) -> bool {
        self.comparison == Comparison::Less && self.limit == 0
    }

    pub(super) fn holds(&self, facts: &Facts) -> Truth {
        let size = match measure(self.measure, facts) {
            Ok(size) => size,
            Err(missing) => return Truth::Unknown(missing),
        };
        let holds = match self.comparison {
            Comparison::Less => size < self.limit,
            Comparison::AtMost => size <= self.limit,
            Comparison::Equal => size == self.limit,
            Comparison::AtLeast => self.limit <= size,
            Comparison::More => self.limit < size,
        };
        let (many, one) = match self.measure {
            Measure::Files => ("files are changed", "file is changed"),
            Measure::Lines => ("lines are changed", "line is changed"),
            Measure::Additions => ("lines are added", "line is added"),
            Measure::Deletions => ("lines are deleted", "line is deleted"),
        };
        let counted = format!("{size} {}", if size == 1 { one } else { many });
        if holds { Truth::Yes(counted) } else { Truth::No(format!("{counted}, not {}", self.wanted())) }
    }

    fn wanted(&self) -> String {
        let limit = self.limit;
        match self.comparison {
            Comparison::Less => format!("fewer than {limit}"),
            Comparison::AtMost => format!("at most {limit}"),
            Comparison::Equal => format!("{limit}"),
            Comparison::AtLeast => format!("at least {limit}"),
            Comparison::More => format!("more than {limit}"),
        }
    }
}

fn measure(measure: Measure, facts: &Facts) -> Result<u64, Missing> {
    let (added, deleted) = match measure {
        Measure::Files => return Ok(u64::try_from(facts.change.files.len()).unwrap_or(u64::MAX)),
        Measure::Lines | Measure::Additions | Measure::Deletions => lines(facts)?,
    };
    Ok(match measure {
        Measure::Additions => added,
        Measure::Deletions => deleted,
        Measure::Files | Measure::Lines => added.saturating_add(deleted),
    })
}

/// Added and deleted lines of all files; binary files have none.
pub(super) fn lines(facts: &Facts) -> Result<(u64, u64), Missing> {
    facts.change.files.iter().try_fold((0u64, 0u64), |(added, deleted), change| {
        let (more, less) = lines_of(facts, change)?;
        Ok((added.saturating_add(more), deleted.saturating_add(less)))
    })
}

/// Added and deleted lines of one file.
pub(super) fn lines_of(facts: &Facts, change: &crate::model::Change) -> Result<(u64, u64), Missing> {
    let is_submodule =
        |file: &Option<crate::model::File>| file.as_ref().is_some_and(|it| it.mode == crate::model::FileMode::Gitlink);
    if is_submodule(&change.old) || is_submodule(&change.new) {
        return Ok((0, 0));
    }
    let old = change.old.as_ref().map(|file| facts.base_blob(file)).transpose()?;
    let new = change.new.as_ref().map(|file| facts.head_blob(file)).transpose()?;
    if old.is_some_and(|it| it.is_binary()) || new.is_some_and(|it| it.is_binary()) {
        return Ok((0, 0));
    }
    let hunks = facts.hunks(change)?;
    Ok(hunks.iter().fold((0, 0), |(added, deleted), hunk| {
        (added + u64::from(hunk.new.count), deleted + u64::from(hunk.old.count))
    }))
}
