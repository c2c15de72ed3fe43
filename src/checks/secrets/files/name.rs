//! The name of a file, as the table of formats matches it.

/// A path in small letters, and its last part without what backups and collections of settings add to it.
pub(super) struct Name<'a> {
    path: &'a str,
    /// `netrc` for `.netrc`, `_netrc`, `dot_netrc` and `.netrc.bak`.
    bare: &'a str,
}

/// What makes a file a copy of itself.
const COPIES: [&str; 8] = [".bak", ".backup", ".old", ".orig", ".save", ".copy", "~", ".swp"];
impl<'a> Name<'a> {
    /// The name of a path in small letters.
    pub(super) fn new(path: &'a str) -> Self {
        let name = path.rsplit('/').next().unwrap_or(path);
        let name = COPIES.iter().find_map(|copy| name.strip_suffix(copy)).unwrap_or(name);
        let bare =
            name.strip_prefix("dot_").or_else(|| name.strip_prefix("dot-")).or_else(|| name.strip_prefix("dot."));
        let bare = bare.unwrap_or_else(|| name.trim_start_matches(['.', '_']));
        Self { path, bare }
    }

    /// The last part, without what backups and collections of settings add to it.
    pub(super) fn bare(&self) -> &'a str {
        self.bare
    }

    /// Whether a pattern of the table names this file: `netrc`, `*.tfvars`, `wg*.conf` or, with a folder, `.aws/credentials`.
    pub(super) fn is(&self, pattern: &str) -> bool {
        let text = match pattern.contains('/') {
            false => self.bare,
            true => {
                let parts = pattern.split('/').count();
                let cut = self.path.rmatch_indices('/').nth(parts - 1).map_or(0, |(at, _)| at + 1);
                self.path.get(cut..).unwrap_or(self.path)
            }
        };
        matches(pattern, text)
    }

    /// Whether the path is this name and nothing else.
    pub(super) fn is_exactly(&self, name: &str) -> bool {
        matches(name, self.path)
    }

    /// Whether a pattern that ends like this may name it: most do not.
    pub(super) fn may_end_with(&self, end: &str) -> bool {
        self.bare.ends_with(end) || self.path.ends_with(end)
    }

    /// Whether its name ends like this.
    pub(super) fn ends_with(&self, end: &str) -> bool {
        self.bare.ends_with(end)
    }
}

/// Whether a pattern, in which one `*` stands for anything, is this text.
pub(super) fn matches(pattern: &str, text: &str) -> bool {
    match pattern.split_once('*') {
        None => text == pattern,
        Some((first, last)) => {
            first.len() + last.len() <= text.len() && text.starts_with(first) && text.ends_with(last)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_names_a_file_whatever_was_added_to_its_name() {
        for path in [".netrc", "home/_netrc", "dot_netrc", "netrc.bak", "a/b/.netrc~"] {
            assert!(Name::new(path).is("netrc"), "{path}");
        }
        assert!(!Name::new("netrc.example").is("netrc"));
        assert!(Name::new("home/.aws/credentials").is(".aws/credentials"));
        assert!(Name::new(".aws/credentials").is(".aws/credentials"));
        assert!(!Name::new("x.aws/credentials").is(".aws/credentials"));
        assert!(Name::new("etc/wg0.conf").is("wg*.conf"));
        assert!(!Name::new("wg.con").is("wg.c*on.con"));
    }
}
