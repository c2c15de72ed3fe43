//! What `git commit` makes of the text of a message before it stores it. Source: git-commit(1), `--cleanup`, and the
//! settings `commit.cleanup`, `core.commentChar` and `core.commentString` of git-config(1).

/// How much of the text is taken away.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Cleanup {
    /// Nothing.
    Verbatim,
    /// Blank lines at both ends, repeated ones, and white space at the ends of lines.
    Whitespace,
    /// The same, and what stands below the scissors.
    Scissors,
    /// The same, and lines of comment.
    Strip,
}

impl Cleanup {
    /// The way that a value of `commit.cleanup` asks for, for a message that went through an editor or did not.
    #[must_use]
    pub fn of(setting: Option<&str>, was_edited: bool) -> Self {
        match (setting, was_edited) {
            (Some("verbatim"), _) => Self::Verbatim,
            (Some("whitespace"), _) => Self::Whitespace,
            (Some("strip"), _) => Self::Strip,
            (Some("scissors"), true) => Self::Scissors,
            (_, true) => Self::Strip,
            (_, false) => Self::Whitespace,
        }
    }
}

/// Characters that Git chooses from when the comment character is `auto`.
const AUTOMATIC: [char; 10] = ['#', ';', '@', '!', '$', '%', '^', '&', '|', ':'];
const SCISSORS: &str = " ------------------------ >8 ------------------------";

/// What begins a line of comment, by the value of `core.commentChar`. `auto` is read off the text: Git's own lines
/// are the last ones.
#[must_use]
pub fn comment_of<'a>(setting: Option<&'a str>, text: &'a str) -> &'a str {
    match setting.filter(|it| !it.is_empty()) {
        None => "#",
        Some("auto") => {
            let last = text.lines().rev().find(|line| !line.trim().is_empty()).unwrap_or_default();
            last.chars()
                .next()
                .filter(|it| AUTOMATIC.contains(it))
                .and_then(|it| last.get(..it.len_utf8()))
                .unwrap_or("#")
        }
        Some(other) => other,
    }
}

/// The message that is stored.
#[must_use]
pub fn clean(text: &str, cleanup: Cleanup, comment: &str) -> String {
    if cleanup == Cleanup::Verbatim {
        return text.to_owned();
    }
    let is_edited = matches!(cleanup, Cleanup::Scissors | Cleanup::Strip);
    let mut kept = String::new();
    let mut is_blank_above = false;
    for line in text.lines() {
        let after_comment = line.strip_prefix(comment);
        if is_edited && after_comment == Some(SCISSORS) {
            break;
        }
        if cleanup == Cleanup::Strip && after_comment.is_some() {
            continue;
        }
        let line = line.trim_end_matches(|it: char| it.is_ascii_whitespace());
        if line.is_empty() {
            is_blank_above = !kept.is_empty();
            continue;
        }
        if std::mem::take(&mut is_blank_above) {
            kept.push('\n');
        }
        kept.push_str(line);
        kept.push('\n');
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_is_stored_without_what_the_editor_showed() {
        let text = "\n\nadd a queue  \n\n\n\n# Please enter the commit message\nbody\n\n#\n# ------------------------ >8 \
                    ------------------------\ndiff --git a/a b/a\n";
        assert_eq!(clean(text, Cleanup::Strip, "#"), "add a queue\n\nbody\n");
        assert_eq!(
            clean(text, Cleanup::Scissors, "#"),
            "add a queue\n\n# Please enter the commit message\nbody\n\n#\n"
        );
        assert!(clean(text, Cleanup::Whitespace, "#").contains("diff --git"));
        assert_eq!(clean(text, Cleanup::Verbatim, "#"), text);
        assert_eq!(clean("#12 mends it\n; no\n", Cleanup::Strip, ";"), "#12 mends it\n");
        assert_eq!(clean("# only\n", Cleanup::Strip, "#"), "");
    }

    #[test]
    fn the_settings_say_how() {
        for (setting, was_edited, wanted) in [
            (None, true, Cleanup::Strip),
            (None, false, Cleanup::Whitespace),
            (Some("default"), true, Cleanup::Strip),
            (Some("scissors"), true, Cleanup::Scissors),
            (Some("scissors"), false, Cleanup::Whitespace),
            (Some("verbatim"), true, Cleanup::Verbatim),
        ] {
            assert_eq!(Cleanup::of(setting, was_edited), wanted, "{setting:?}");
        }
        assert_eq!(comment_of(None, "; x"), "#");
        assert_eq!(comment_of(Some("//"), "; x"), "//");
        assert_eq!(comment_of(Some("auto"), "#1 is mended\n\n; Please enter\n;\n"), ";");
        assert_eq!(comment_of(Some("auto"), "words\n"), "#");
    }
}
