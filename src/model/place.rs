//! Where something stands, in terms a person and a machine can follow.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{ObjectId, RepoPath};

/// One-based line and column; columns count Unicode scalar values.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Hash, Serialize, Deserialize, JsonSchema)]
pub struct Position {
    /// One-based line.
    pub line: u32,
    /// One-based column.
    pub column: u32,
}

/// From the first character to the one after the last.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Hash, Serialize, Deserialize, JsonSchema)]
pub struct Region {
    /// The first character.
    pub start: Position,
    /// The place after the last character.
    pub end: Position,
}

impl Region {
    /// A whole line that is `width` characters wide.
    #[must_use]
    pub fn line(number: u32, width: usize) -> Self {
        let end = u32::try_from(width).unwrap_or(u32::MAX - 1) + 1;
        Self { start: Position { line: number, column: 1 }, end: Position { line: number, column: end } }
    }
}

/// What a label points at.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", rename_all_fields = "kebab-case")]
pub enum Place {
    /// A file, or a region of it.
    File {
        /// The file.
        #[schemars(with = "String")]
        path: RepoPath,
        /// The region; the file as a whole without one.
        region: Option<Region>,
        /// The revision, when it is not the head of the change: `base`, a tag, a commit.
        revision: Option<String>,
    },
    /// A commit, or a region of its message (line 1 is the subject).
    Commit {
        /// Its name.
        #[schemars(with = "String")]
        id: ObjectId,
        /// Its subject line.
        subject: String,
        /// A region of the message.
        region: Option<Region>,
    },
    /// A branch or a tag.
    Ref {
        /// Its short name.
        name: String,
    },
    /// A field of the pull request, such as `title`.
    PullRequest {
        /// The field.
        field: String,
    },
    /// The change as a whole.
    Change,
}

impl Place {
    /// A file of the head as a whole.
    #[must_use]
    pub fn file(path: &RepoPath) -> Self {
        Self::File { path: path.clone(), region: None, revision: None }
    }

    /// The path, when the place is in a file.
    #[must_use]
    pub fn path(&self) -> Option<&RepoPath> {
        match self {
            Self::File { path, .. } => Some(path),
            Self::Commit { .. } | Self::Ref { .. } | Self::PullRequest { .. } | Self::Change => None,
        }
    }

    /// The region, when the place has one.
    #[must_use]
    pub fn region(&self) -> Option<Region> {
        match self {
            Self::File { region, .. } | Self::Commit { region, .. } => *region,
            Self::Ref { .. } | Self::PullRequest { .. } | Self::Change => None,
        }
    }
}

/// A few lines around a region, taken along so that no renderer needs the repository.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct Snippet {
    /// Number of the first line shown.
    pub first_line: u32,
    /// The lines, without line ends, each clipped to a window of columns.
    pub lines: Vec<String>,
    /// How many characters were left out before the first shown one, the same for every line.
    pub clipped_left: u32,
}

/// How many lines a snippet shows at the most.
const TALLEST: u32 = 6;

impl Snippet {
    /// The widest line that a snippet carries, in characters. A line as wide as this may go on.
    pub const WIDEST: usize = 160;

    /// Writes `*` over the characters of `region` that are shown, but for its first `kept` ones.
    pub fn mask(&mut self, region: Region, kept: u32) {
        let (start, end) = (region.start, region.end);
        let left = self.clipped_left;
        for (line, number) in self.lines.iter_mut().zip(self.first_line..) {
            if number < start.line || end.line < number {
                continue;
            }
            let from = if number == start.line { start.column.saturating_add(kept) } else { 1 };
            let to = if number == end.line { end.column } else { u32::MAX };
            let is_hidden = |column: u32| from <= column && column < to;
            let masked = line.chars().zip(left.saturating_add(1)..);
            *line = masked.map(|(symbol, column)| if is_hidden(column) { '*' } else { symbol }).collect();
        }
    }

    /// The lines of `region`, read one by one through `line`, clipped around the region's start.
    pub(super) fn window<'a>(region: Region, line: impl Fn(u32) -> Option<&'a str>) -> Self {
        let last = region.end.line.min(region.start.line.saturating_add(TALLEST - 1));
        let column = usize::try_from(region.start.column).unwrap_or(usize::MAX);
        let left = if column > Self::WIDEST * 3 / 4 { column - Self::WIDEST / 4 } else { 0 };
        let lines = (region.start.line..=last)
            .map_while(&line)
            .map(|text| text.chars().skip(left).take(Self::WIDEST).collect())
            .collect();
        Self { first_line: region.start.line, lines, clipped_left: u32::try_from(left).unwrap_or(u32::MAX) }
    }
}

/// A place with the lines that stand there and a word about it.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug, Hash, Serialize, Deserialize, JsonSchema)]
pub struct Label {
    /// Where.
    pub place: Place,
    /// The lines there.
    pub snippet: Option<Snippet>,
    /// What about it; a fragment that fits under a caret. May be empty.
    pub text: String,
}
