//! Paths inside a repository.

use std::borrow::Cow;
use std::fmt;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A path as Git stores it: relative to the root, separated by `/`, the same on every system.
///
/// Git's paths are bytes. Bytes that are not UTF-8 are kept as the private-use characters
/// U+10FF80 to U+10FFFF, one a byte, so that every path has exactly one `RepoPath` and
/// [`RepoPath::to_bytes`] gives the stored bytes back. The root itself is the empty path.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct RepoPath(String);

/// The private-use character that stands for byte 0x00; bytes from 0x80 up are used.
const ESCAPE: u32 = 0x10_FF00;

impl RepoPath {
    /// The root of the tree.
    #[must_use]
    pub fn root() -> Self {
        Self::default()
    }

    /// A path from text that is known to be one, such as a literal or a path that came out of Git.
    ///
    /// Leading and trailing slashes and `./` are dropped. Nothing else is interpreted.
    #[must_use]
    pub fn new(text: &str) -> Self {
        let text = text.strip_prefix("./").unwrap_or(text);
        Self(text.trim_matches('/').to_owned())
    }

    /// A path from the bytes of a tree or index entry.
    #[must_use]
    pub fn from_bytes(raw: &[u8]) -> Self {
        let mut text = String::with_capacity(raw.len());
        for chunk in raw.utf8_chunks() {
            for symbol in chunk.valid().chars() {
                if is_escape(symbol) {
                    let mut buffer = [0; 4];
                    symbol.encode_utf8(&mut buffer).bytes().for_each(|byte| text.push(escape(byte)));
                } else {
                    text.push(symbol);
                }
            }
            chunk.invalid().iter().for_each(|byte| text.push(escape(*byte)));
        }
        Self(text)
    }

    /// The bytes as Git stores them.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut raw = Vec::with_capacity(self.0.len());
        let mut buffer = [0; 4];
        for symbol in self.0.chars() {
            match u8::try_from(u32::from(symbol).wrapping_sub(ESCAPE)) {
                Ok(byte) if is_escape(symbol) => raw.push(byte),
                _ => raw.extend_from_slice(symbol.encode_utf8(&mut buffer).as_bytes()),
            }
        }
        raw
    }

    /// The path as text, for matching and for sorting.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The same path below another folder: `a/x` from `a` to `b` is `b/x`. Nothing when it is not inside of `from`.
    #[must_use]
    pub fn rebased(&self, from: &Self, to: &Self) -> Option<Self> {
        if !self.is_within(from) {
            return None;
        }
        let rest = self.as_str().get(from.as_str().len()..)?.trim_start_matches('/');
        Some(if rest.is_empty() { to.clone() } else { to.join(&Self::new(rest)) })
    }

    /// Whether this is the root of the tree.
    #[must_use]
    pub fn is_root(&self) -> bool {
        self.0.is_empty()
    }

    /// The last component.
    #[must_use]
    pub fn name(&self) -> &str {
        self.0.rsplit('/').next().unwrap_or(&self.0)
    }

    /// The part after the last dot of the name, when there is one and something stands before it.
    #[must_use]
    pub fn extension(&self) -> Option<&str> {
        self.name().rsplit_once('.').filter(|(stem, _)| !stem.is_empty()).map(|(_, extension)| extension)
    }

    /// The folder that holds this path; the root for a top-level name, nothing for the root.
    #[must_use]
    pub fn parent(&self) -> Option<Self> {
        if self.is_root() {
            return None;
        }
        Some(Self(self.0.rsplit_once('/').map_or_else(String::new, |(folder, _)| folder.to_owned())))
    }

    /// This path with one more component.
    #[must_use]
    pub fn join(&self, name: &Self) -> Self {
        if self.is_root() { name.clone() } else { Self(format!("{}/{}", self.0, name.0)) }
    }

    /// Whether this path is `folder` or lies below it.
    #[must_use]
    pub fn is_within(&self, folder: &Self) -> bool {
        folder.is_root() || self.0.strip_prefix(&folder.0).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    }
}

fn escape(byte: u8) -> char {
    char::from_u32(ESCAPE + u32::from(byte)).unwrap_or(char::REPLACEMENT_CHARACTER)
}

fn is_escape(symbol: char) -> bool {
    (ESCAPE + 0x80..=ESCAPE + 0xFF).contains(&u32::from(symbol))
}

impl fmt::Display for RepoPath {
    /// Bytes that are not UTF-8 show as `\xNN`. Control characters are left to the sink to escape.
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        for symbol in self.0.chars() {
            if is_escape(symbol) {
                write!(out, "\\x{:02x}", u32::from(symbol) - ESCAPE)?;
            } else {
                fmt::Write::write_char(out, symbol)?;
            }
        }
        Ok(())
    }
}

impl fmt::Debug for RepoPath {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.to_string(), out)
    }
}

impl Serialize for RepoPath {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for RepoPath {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Self(String::deserialize(deserializer)?))
    }
}

impl JsonSchema for RepoPath {
    fn schema_name() -> Cow<'static, str> {
        "RepoPath".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "string",
            "description": "A path from the root of the repository, separated by `/`.",
        })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn every_byte_string_round_trips(raw in proptest::collection::vec(any::<u8>(), 0..40)) {
            prop_assert_eq!(RepoPath::from_bytes(&raw).to_bytes(), raw);
        }
    }

    #[test]
    fn private_use_characters_in_a_real_name_are_kept_apart_from_escapes() {
        let real = "a\u{10FF80}".as_bytes();
        let broken = b"a\x80";
        assert_ne!(RepoPath::from_bytes(real), RepoPath::from_bytes(broken));
        assert_eq!(RepoPath::from_bytes(real).to_bytes(), real);
        assert_eq!(RepoPath::from_bytes(broken).to_string(), "a\\x80");
    }

    #[test]
    fn within_respects_component_borders() {
        assert!(RepoPath::new("src/a.rs").is_within(&RepoPath::new("src")));
        assert!(!RepoPath::new("srcs/a.rs").is_within(&RepoPath::new("src")));
        assert!(RepoPath::new("src").is_within(&RepoPath::root()));
    }
}
