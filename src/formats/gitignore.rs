//! The patterns of `.gitignore` and `.gitattributes`, as gitignore(5) and gitattributes(5) define them.
//!
//! Nothing is read from the disk: the caller hands in the files of one tree.

use super::globs::Matcher;
use crate::model::RepoPath;

/// Patterns of one file beyond which the rest is not read.
const MOST: usize = 10_000;

/// One pattern, bound to the folder of the file that holds it.
#[derive(Clone, Debug)]
struct Rule {
    folder: RepoPath,
    matcher: Matcher,
    only_folders: bool,
}

impl Rule {
    /// None for a pattern that matches nothing, such as a broken class.
    fn new(folder: &RepoPath, pattern: &str) -> Option<Self> {
        let (body, only_folders) = pattern.strip_suffix('/').map_or((pattern, false), |body| (body, true));
        let glob = match body.strip_prefix('/') {
            Some(anchored) => anchored.to_owned(),
            None if body.contains('/') => body.to_owned(),
            None => format!("**/{body}"),
        };
        // Git knows no alternatives: braces stand for themselves.
        let glob = glob.replace('{', "[{]").replace('}', "[}]");
        Some(Self { folder: folder.clone(), matcher: Matcher::new(&glob).ok()?, only_folders })
    }

    fn is_match(&self, path: &RepoPath, is_folder: bool) -> bool {
        if (self.only_folders && !is_folder) || !path.is_within(&self.folder) {
            return false;
        }
        let skip = if self.folder.is_root() { 0 } else { self.folder.as_str().len() + 1 };
        path.as_str().get(skip..).is_some_and(|rest| self.matcher.is_match(rest))
    }
}

/// What a tree ignores.
#[derive(Clone, Debug, Default)]
pub struct Ignores {
    rules: Vec<(Rule, bool)>,
}

impl Ignores {
    /// Adds the patterns of the `.gitignore` in `folder`. Add outer folders before inner ones: the last match decides.
    pub fn add(&mut self, folder: &RepoPath, text: &str) {
        for line in text.lines().take(MOST) {
            let line = without_trailing_spaces(line);
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            let (negated, pattern) = line.strip_prefix('!').map_or((false, line), |rest| (true, rest));
            if let Some(rule) = Rule::new(folder, pattern) {
                self.rules.push((rule, negated));
            }
        }
    }

    /// Whether a file at this path is ignored. What lies in an ignored folder cannot be taken back.
    #[must_use]
    pub fn is_ignored(&self, path: &RepoPath) -> bool {
        let mut levels: Vec<RepoPath> = std::iter::successors(path.parent(), RepoPath::parent).collect();
        levels.reverse();
        levels.iter().filter(|it| !it.is_root()).any(|folder| self.decides(folder, true)) || self.decides(path, false)
    }

    fn decides(&self, path: &RepoPath, is_folder: bool) -> bool {
        let last = self.rules.iter().rev().find(|(rule, _)| rule.is_match(path, is_folder));
        last.is_some_and(|(_, negated)| !negated)
    }
}

/// Trailing spaces do not count unless a backslash stands before them.
fn without_trailing_spaces(line: &str) -> &str {
    let bare = line.trim_end_matches(['\r', ' ', '\t']);
    let quoted = bare.ends_with('\\') && bare.len() < line.len();
    if quoted { line.get(..=bare.len()).unwrap_or(line) } else { bare }
}

/// One attribute by path.
#[derive(Clone, Debug, Default)]
pub struct Attribute {
    rules: Vec<(Rule, bool)>,
}

impl Attribute {
    /// Adds what the `.gitattributes` in `folder` says about the attribute `name`. Add outer folders first.
    pub fn add(&mut self, folder: &RepoPath, text: &str, name: &str) {
        for line in text.lines().take(MOST) {
            let mut words = line.split_whitespace();
            let Some(pattern) = words.next().filter(|it| !it.starts_with(['#', '!', '"'])) else { continue };
            let set = words.filter_map(|word| state(word, name)).next_back();
            // A pattern for folders says nothing about the files in them.
            if let (Some(set), false, Some(rule)) = (set, pattern.ends_with('/'), Rule::new(folder, pattern)) {
                self.rules.push((rule, set));
            }
        }
    }

    /// Whether the attribute is set for this path.
    #[must_use]
    pub fn is_set(&self, path: &RepoPath) -> bool {
        self.rules.iter().rev().find(|(rule, _)| rule.is_match(path, false)).is_some_and(|(_, set)| *set)
    }
}

fn state(word: &str, name: &str) -> Option<bool> {
    match word.strip_prefix(['-', '!']) {
        Some(rest) => (rest == name).then_some(false),
        None if word == name => Some(true),
        None => word.strip_prefix(name)?.strip_prefix('=').map(|value| value != "false"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ignored(text: &str, path: &str) -> bool {
        let mut ignores = Ignores::default();
        ignores.add(&RepoPath::root(), text);
        ignores.is_ignored(&RepoPath::new(path))
    }

    #[test]
    fn a_class_does_not_match_a_slash() {
        assert!(ignored("a[!b]c\n/d[!b]*\n", "axc") && ignored("/d[!b]*", "dxe"));
        assert!(!ignored("/a[!b]c\n/d[+-9]c", "a/c") && !ignored("/d[+-9]c", "d/c"));
    }

    #[test]
    fn patterns_mean_what_git_says() {
        for (text, path) in [
            (".env", "a/.env"),
            ("/.env", ".env"),
            ("*.pem  ", "keys/a.pem"),
            ("build/", "a/build/b"),
            ("a/**/b", "a/x/y/b"),
            ("*.key\n!public.key", "secret.key"),
            ("{a}", "{a}"),
            ("keys/\n!keys/a", "keys/a"),
            ("\\#a", "#a"),
            ("a\\ ", "a "),
            ("*.env\r", "a.env"),
        ] {
            assert!(ignored(text, path), "{text} {path}");
        }
        for (text, path) in [
            ("/.env", "a/.env"),
            ("# .env", ".env"),
            ("build/", "build"),
            ("a/*", "b/a/c"),
            ("*.key\n!public.key", "public.key"),
            ("{a,b}", "a"),
            ("[", "["),
            ("", "a"),
        ] {
            assert!(!ignored(text, path), "{text} {path}");
        }
    }

    #[test]
    fn inner_files_speak_about_their_folder() {
        let mut ignores = Ignores::default();
        ignores.add(&RepoPath::root(), "*.log");
        ignores.add(&RepoPath::new("keep"), "!*.log\n/x");
        assert!(ignores.is_ignored(&RepoPath::new("a.log")) && !ignores.is_ignored(&RepoPath::new("keep/a.log")));
        assert!(ignores.is_ignored(&RepoPath::new("keep/x")) && !ignores.is_ignored(&RepoPath::new("x")));
    }

    #[test]
    fn attributes_are_set_unset_and_valued() {
        let mut generated = Attribute::default();
        let text = "gen/** linguist-generated\n*.snap linguist-generated=true\ngen/a.rs -linguist-generated\nb linguist-generated=false";
        generated.add(&RepoPath::root(), text, "linguist-generated");
        let is_set = |path| generated.is_set(&RepoPath::new(path));
        assert!(is_set("gen/x/y.rs") && is_set("a/b.snap"));
        assert!(!is_set("gen/a.rs") && !is_set("b") && !is_set("src/a.rs"));
    }
}
