//! Releases: from one tag to another.

use crate::git::refs::is_ref_name;
use crate::git::{GitError, history};
use crate::model::{Mode, ObjectId};

use super::{Range, Resolver, Side, Span, blank};

impl Resolver<'_> {
    pub(super) fn release(&self, from: Option<&str>, to: &str) -> Result<Range, GitError> {
        let head = self.release_commit(to)?;
        let from = match from {
            Some(from) => Some(from.to_owned()),
            None => self.previous(to)?,
        };
        let mut range = Range {
            head: self.side(head)?,
            head_name: to.to_owned(),
            source_tip: Some(head),
            base: Side::Empty,
            span: Span::UpTo(head),
            ..blank(Mode::Release)
        };
        if let Some(from) = from {
            let base = self.release_commit(&from)?;
            range.base = self.side(base)?;
            range.span = Span::Between { base, head };
            range.base_name = from;
        }
        Ok(range)
    }

    /// A release is a tag, should a branch have the same name.
    fn release_commit(&self, name: &str) -> Result<ObjectId, GitError> {
        let full = format!("refs/tags/{name}");
        let is_tag = is_ref_name(&full) && self.repository.find_ref(&full)?.is_some();
        self.revision(if is_tag { &full } else { name })
    }

    /// The tag with the highest version below the one of `to` that `to` descends from. Pre-releases count only
    /// for a pre-release.
    fn previous(&self, to: &str) -> Result<Option<String>, GitError> {
        let head = self.release_commit(to)?;
        let wanted = version(to);
        let mut earlier = Vec::new();
        for (name, id) in self.repository.refs_below("refs/tags/")? {
            let name = name.trim_start_matches("refs/tags/");
            let Some((prefix, number)) = version(name) else { continue };
            let fits = match &wanted {
                Some((wanted_prefix, wanted)) => {
                    prefix == *wanted_prefix && number < *wanted && (number.pre.is_empty() || !wanted.pre.is_empty())
                }
                None => number.pre.is_empty(),
            };
            if fits {
                earlier.push((number, name.to_owned(), id));
            }
        }
        earlier.sort();
        for (_, name, id) in earlier.into_iter().rev() {
            let Ok(commit) = self.repository.objects().peel_to_commit(&id) else { continue };
            if commit != head && history::is_ancestor(self.repository.objects(), &commit, &head)? {
                return Ok(Some(name));
            }
        }
        Ok(None)
    }
}

/// The version in a tag's name, with what stands before it: `v`, `cli-v`, nothing.
fn version(tag: &str) -> Option<(&str, semver::Version)> {
    let start = tag.find(|it: char| it.is_ascii_digit())?;
    let (prefix, number) = tag.split_at_checked(start)?;
    let core = number.split(['-', '+']).next().unwrap_or_default();
    let padded = match core.matches('.').count() {
        0 => format!("{core}.0.0{}", number.strip_prefix(core)?),
        1 => format!("{core}.0{}", number.strip_prefix(core)?),
        _ => number.to_owned(),
    };
    Some((prefix, semver::Version::parse(&padded).ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_read_from_usual_tags() {
        for (tag, prefix, number) in [
            ("v1.2.3", "v", "1.2.3"),
            ("1.2", "", "1.2.0"),
            ("cli-v2", "cli-v", "2.0.0"),
            ("v2.0.0-rc.1", "v", "2.0.0-rc.1"),
        ] {
            assert_eq!(version(tag).map(|(prefix, it)| (prefix, it.to_string())), Some((prefix, number.to_owned())));
        }
        for tag in ["nightly", "v", "v1.x"] {
            assert!(version(tag).is_none(), "{tag}");
        }
    }
}
