//! The few settings that reading a repository needs, read as data.
//!
//! Nothing here runs a program and no `include` is followed: Git, too, reads the repository's format
//! without them. Values that name programs (`core.fsmonitor`, `core.hooksPath`, `diff.external`, filter
//! drivers) are never looked up by anything in gatecheck.

use std::path::Path;

/// One configuration file, as lower-case dotted keys and values, in file order.
#[derive(Clone, Debug, Default)]
pub(super) struct Config {
    entries: Vec<(String, Option<String>)>,
}

/// A larger configuration file is not one that a person wrote.
const LARGEST: u64 = 1 << 20;

impl Config {
    /// Reads a file; an absent, oversized or unreadable one has no settings.
    pub(super) fn read(path: &Path) -> Self {
        let Ok(metadata) = std::fs::metadata(path) else { return Self::default() };
        if !metadata.is_file() || metadata.len() > LARGEST {
            return Self::default();
        }
        std::fs::read(path).map(|raw| Self::parse(&String::from_utf8_lossy(&raw))).unwrap_or_default()
    }

    /// Parses what Git writes. A line that is no setting is passed over.
    fn parse(text: &str) -> Self {
        let mut section = String::new();
        let mut entries = Vec::new();
        let text = text.strip_prefix('\u{feff}').unwrap_or(text).replace("\r\n", "\n").replace("\\\n", "");
        for line in text.lines() {
            let mut line = line.trim();
            if let Some(rest) = line.strip_prefix('[') {
                let Some((header, after)) = split_header(rest) else { continue };
                section = header;
                line = after.trim();
            }
            if line.is_empty() || line.starts_with(['#', ';']) || section.is_empty() {
                continue;
            }
            let (name, value) = match line.split_once('=') {
                Some((name, value)) => (name.trim(), Some(unquote(value.trim()))),
                None => (line, None),
            };
            entries.push((format!("{section}.{}", name.to_ascii_lowercase()), value));
        }
        Self { entries }
    }

    /// The last value of a key, such as `core.bare`; section and name in lower case, subsection as written.
    pub(super) fn get(&self, key: &str) -> Option<&str> {
        self.entries.iter().rev().find(|(name, _)| name == key).map(|(_, value)| value.as_deref().unwrap_or("true"))
    }

    /// A boolean as Git reads one.
    pub(super) fn flag(&self, key: &str) -> Option<bool> {
        let value = self.get(key)?;
        Some(!matches!(value.to_ascii_lowercase().as_str(), "false" | "no" | "off" | "0" | ""))
    }

    /// Whether any key has this ending, with a value that is not false: `.promisor`.
    pub(super) fn any_flag(&self, ending: &str) -> bool {
        self.entries.iter().any(|(name, _)| name.ends_with(ending) && self.flag(name) == Some(true))
    }
}

/// `core]` or `remote "origin"] url = …`: the dotted section, and what follows on the same line.
fn split_header(rest: &str) -> Option<(String, &str)> {
    let Some((name, quoted)) = rest.split_once('"').filter(|(name, _)| !name.contains(']')) else {
        let (name, after) = rest.split_once(']')?;
        return Some((name.trim().to_ascii_lowercase(), after));
    };
    let mut subsection = String::new();
    let mut symbols = quoted.char_indices();
    while let Some((offset, symbol)) = symbols.next() {
        match symbol {
            '\\' => subsection.extend(symbols.next().map(|(_, it)| it)),
            '"' => {
                let after = quoted.get(offset + 1..)?.split_once(']')?.1;
                return Some((format!("{}.{subsection}", name.trim().to_ascii_lowercase()), after));
            }
            other => subsection.push(other),
        }
    }
    None
}

/// Takes quotes, escapes and a trailing comment off a value.
fn unquote(raw: &str) -> String {
    let mut value = String::new();
    let mut quoted = false;
    let mut symbols = raw.chars();
    while let Some(symbol) = symbols.next() {
        match symbol {
            '"' => quoted = !quoted,
            '\\' => match symbols.next() {
                Some('n') => value.push('\n'),
                Some('t') => value.push('\t'),
                Some(other) => value.push(other),
                None => {}
            },
            '#' | ';' if !quoted => break,
            other => value.push(other),
        }
    }
    if quoted { value } else { value.trim_end().to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sections_subsections_comments_and_quotes_are_read_as_git_reads_them() {
        let config = Config::parse(
            "[core]\n\tbare = false ; note\n[Extensions] ObjectFormat=sha256\n[remote \"a]\\\"b\"]\n\tpromisor\n\
             [core]\n\tbare = true\n\texcludesFile = \"/a b#c\" # d\n",
        );
        assert_eq!(config.flag("core.bare"), Some(true), "the last one wins");
        assert_eq!(config.get("extensions.objectformat"), Some("sha256"));
        assert_eq!(config.get("core.excludesfile"), Some("/a b#c"));
        assert!(config.any_flag(".promisor"));
        assert_eq!(config.flag("core.symlinks"), None);
    }

    #[test]
    fn broken_text_is_passed_over() {
        for text in ["[", "[core", "[core \"", "= x", "[a]\n=", "\\", "[a \"b\\"] {
            assert_eq!(Config::parse(text).get("core.bare"), None, "{text}");
        }
    }
}
