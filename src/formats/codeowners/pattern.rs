//! Patterns of paths, in both dialects.
//!
//! A pattern is a list of segments between slashes. All ways to match them to the segments of a path are followed at
//! once, so that no pattern takes longer than its length times that of the path.

use super::Dialect;

/// A compiled pattern.
#[derive(Clone, Debug)]
pub(super) struct Pattern {
    segments: Vec<Segment>,
    end: End,
}

#[derive(Clone, Debug)]
enum Segment {
    /// `**`: any number of folders.
    Folders,
    /// Part of a name at a time.
    Name(Vec<Token>),
}

#[derive(Clone, Debug)]
enum Token {
    Literal(char),
    /// `?`
    One,
    /// `*`
    Many,
    /// `[a-z]`
    Class {
        negated: bool,
        ranges: Vec<(char, char)>,
    },
}

/// How much of the path the segments must take.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum End {
    /// All of it.
    Whole,
    /// All of it, or a folder above it.
    WholeOrFolder,
    /// A folder above it.
    Folder,
}

/// Segments of one pattern at most.
const MOST: usize = 256;

impl Pattern {
    /// Compiles a pattern whose escapes are still in it.
    ///
    /// # Errors
    /// When the dialect has no such pattern; the message says why.
    pub(super) fn new(text: &str, dialect: Dialect) -> Result<Self, String> {
        if text.contains("***") {
            return Err("`***` is no pattern; `**` stands for any number of folders".to_owned());
        }
        if text.split('/').count() > MOST {
            return Err(format!("the pattern has more than {MOST} slashes"));
        }
        match dialect {
            Dialect::GitHub => Ok(Self::github(text)),
            Dialect::GitLab | Dialect::Gitea => Ok(Self::gitlab(text)),
        }
    }

    /// As `.gitignore` has it, but for classes, negation, and a last `*`, which takes files only.
    fn github(text: &str) -> Self {
        let (body, is_folder) = text.strip_suffix('/').map_or((text, false), |body| (body, true));
        let is_anchored = body.contains('/');
        let mut parts: Vec<&str> = body.strip_prefix('/').unwrap_or(body).split('/').collect();
        // `/` alone names the root, which is no file and has no name.
        if parts == [""] {
            return Self { segments: vec![Segment::Name(Vec::new())], end: End::Whole };
        }
        let mut end = if is_folder { End::Folder } else { End::WholeOrFolder };
        match parts.last() {
            Some(&"**") => {
                parts.pop();
                end = End::Folder;
            }
            Some(&"*") if !is_folder && is_anchored => end = End::Whole,
            Some(_) | None => {}
        }
        if !is_anchored && !parts.is_empty() {
            parts.insert(0, "**");
        }
        Self { segments: parts.into_iter().map(|part| Segment::new(part, Dialect::GitHub)).collect(), end }
    }

    /// As `File.fnmatch` of Ruby has it, from the root where the pattern begins with a slash and at any depth otherwise.
    fn gitlab(text: &str) -> Self {
        let (body, is_folder) = text.strip_suffix('/').map_or((text, false), |body| (body, true));
        let mut segments = Vec::new();
        let body = body.strip_prefix('/').unwrap_or_else(|| {
            segments.push(Segment::Folders);
            body
        });
        if text != "/" {
            segments.extend(body.split('/').map(|part| Segment::new(part, Dialect::GitLab)));
        }
        // At the end `**` is `*`: only before a slash does it cross folders.
        if let Some(last @ Segment::Folders) = segments.last_mut().filter(|_| !is_folder && !body.is_empty()) {
            *last = Segment::Name(vec![Token::Many]);
        }
        Self { segments, end: if is_folder { End::Folder } else { End::Whole } }
    }

    pub(super) fn is_match(&self, path: &str) -> bool {
        let names: Vec<&str> = path.split('/').collect();
        // Whether the segments so far can take that many names.
        let mut taken = vec![false; names.len() + 1];
        if let Some(first) = taken.first_mut() {
            *first = true;
        }
        for segment in &self.segments {
            let mut next = vec![false; taken.len()];
            let mut is_open = false;
            for (index, slot) in next.iter_mut().enumerate() {
                *slot = match segment {
                    Segment::Folders => {
                        is_open |= taken.get(index).copied().unwrap_or_default();
                        is_open
                    }
                    Segment::Name(tokens) => index.checked_sub(1).is_some_and(|before| {
                        taken.get(before).copied().unwrap_or_default()
                            && names.get(before).is_some_and(|name| is_name(tokens, name))
                    }),
                };
            }
            taken = next;
        }
        let whole = taken.last().copied().unwrap_or_default();
        let folder = || taken.iter().rev().skip(1).any(|it| *it);
        match self.end {
            End::Whole => whole,
            End::WholeOrFolder => whole || folder(),
            End::Folder => folder(),
        }
    }
}

impl Segment {
    fn new(text: &str, dialect: Dialect) -> Self {
        if text == "**" {
            return Self::Folders;
        }
        let mut tokens = Vec::new();
        let mut rest = text.chars();
        while let Some(symbol) = rest.next() {
            let token = match symbol {
                '\\' => Token::Literal(rest.next().unwrap_or('\\')),
                '?' => Token::One,
                '*' => Token::Many,
                '[' if dialect == Dialect::GitLab => match class(rest.as_str()) {
                    Some((class, length)) => {
                        rest = rest.as_str().get(length..).unwrap_or_default().chars();
                        class
                    }
                    None => Token::Literal('['),
                },
                other => Token::Literal(other),
            };
            tokens.push(token);
        }
        Self::Name(tokens)
    }
}

/// A class after its `[`, and how many bytes it takes with its `]`.
fn class(text: &str) -> Option<(Token, usize)> {
    let negated = text.starts_with(['!', '^']);
    let start = usize::from(negated);
    let mut ranges = Vec::new();
    let mut symbols = text.char_indices().skip(start).peekable();
    while let Some((index, symbol)) = symbols.next() {
        if symbol == ']' && !ranges.is_empty() {
            return Some((Token::Class { negated, ranges }, index + 1));
        }
        let literal = |symbol, symbols: &mut dyn Iterator<Item = (usize, char)>| match symbol {
            '\\' => symbols.next().map(|(_, it)| it),
            other => Some(other),
        };
        let from = literal(symbol, &mut symbols)?;
        let is_range = symbols
            .peek()
            .is_some_and(|(at, it)| *it == '-' && !text.get(at + 1..).unwrap_or_default().starts_with(']'));
        if !is_range {
            ranges.push((from, from));
            continue;
        }
        symbols.next();
        let (_, last) = symbols.next()?;
        ranges.push((from, literal(last, &mut symbols)?));
    }
    None
}

/// Whether tokens match a name. After each `*` only the last one is tried again, so that the work is their product.
fn is_name(tokens: &[Token], name: &str) -> bool {
    let symbols: Vec<char> = name.chars().collect();
    let (mut at, mut token) = (0, 0);
    let mut again: Option<(usize, usize)> = None;
    while at < symbols.len() {
        let symbol = symbols.get(at).copied().unwrap_or_default();
        let takes = match tokens.get(token) {
            Some(Token::Many) => {
                again = Some((token, at));
                token += 1;
                continue;
            }
            Some(Token::One) => true,
            Some(Token::Literal(wanted)) => *wanted == symbol,
            Some(Token::Class { negated, ranges }) => {
                ranges.iter().any(|(from, to)| (*from..=*to).contains(&symbol)) != *negated
            }
            None => false,
        };
        if takes {
            (at, token) = (at + 1, token + 1);
        } else if let Some((star, from)) = again {
            again = Some((star, from + 1));
            (at, token) = (from + 1, star + 1);
        } else {
            return false;
        }
    }
    tokens.get(token..).is_some_and(|rest| rest.iter().all(|it| matches!(it, Token::Many)))
}
