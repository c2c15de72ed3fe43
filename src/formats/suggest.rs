//! "Did you mean": the nearest known name to a misspelt one.

/// Words that other tools use for what has another name here.
const FROM_ELSEWHERE: [(&str, &str); 24] = [
    ("branch", "target"),
    ("branches", "target"),
    ("c-sharp", "c#"),
    ("cpp", "c++"),
    ("description", "title"),
    ("disabled", "off"),
    ("error", "block"),
    ("events", "event"),
    ("exclude", "not"),
    ("files", "paths"),
    ("golang", "go"),
    ("if", "when"),
    ("info", "note"),
    ("js", "javascript"),
    ("justification", "reason"),
    ("name", "title"),
    ("options", "with"),
    ("params", "with"),
    ("priority", "level"),
    ("settings", "with"),
    ("severity", "level"),
    ("ts", "typescript"),
    ("type", "check"),
    ("warning", "warn"),
];

/// The known name that `word` most likely stands for; nothing when none is near.
///
/// Case, `_` and spaces are looked through, and a few letters may differ: one for every three letters
/// of the longer word. A word that other tools use for the same thing counts as near.
pub fn nearest<'a>(word: &str, names: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    // A word of a policy is short; a long one is no slip of the finger, and comparing it costs its square.
    if word.len() > 80 {
        return None;
    }
    let folded = fold(word);
    let names: Vec<&str> = names.into_iter().collect();
    let meant =
        FROM_ELSEWHERE.iter().find(|(theirs, _)| strsim::damerau_levenshtein(theirs, &folded) <= theirs.len() / 5);
    if let Some(name) = meant.and_then(|(_, ours)| names.iter().find(|name| *name == ours)) {
        return Some(name);
    }
    let distance = |name: &str| strsim::damerau_levenshtein(&folded, &fold(name));
    let candidates = names.into_iter().map(|name| (distance(name), name));
    candidates
        .filter(|(distance, name)| *distance <= name.len().max(folded.len()) / 3)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, name)| name)
}

/// Names as a sentence lists them: "`a`, `b` and `c`".
pub fn listed<'a>(names: impl IntoIterator<Item = &'a str>) -> String {
    let quoted: Vec<String> = names.into_iter().map(|name| format!("`{name}`")).collect();
    match quoted.as_slice() {
        [] => String::new(),
        [only] => only.clone(),
        [most @ .., last] => format!("{} and {last}", most.join(", ")),
    }
}

fn fold(word: &str) -> String {
    word.chars().map(|it| if matches!(it, '_' | ' ') { '-' } else { it.to_ascii_lowercase() }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slips_find_their_name_and_other_words_do_not() {
        let names = ["approvals", "dismiss-stale", "from"];
        assert_eq!(nearest("aprovals", names), Some("approvals"));
        assert_eq!(nearest("DismissStale", names), Some("dismiss-stale"));
        assert_eq!(nearest("dismiss_stale", names), Some("dismiss-stale"));
        assert_eq!(nearest("form", names), Some("from"));
        assert_eq!(nearest("colour", names), None);
        assert_eq!(nearest("", names), None);
        let names = ["branch", "commits", "files", "unicode"];
        assert_eq!(nearest("comits", names), Some("commits"));
        assert_eq!(nearest("file", names), Some("files"));
        assert_eq!(nearest("zzz", names), None);
    }

    #[test]
    fn the_words_of_other_tools_are_understood() {
        assert_eq!(nearest("serverity", ["check", "level"]), Some("level"));
        assert_eq!(nearest("error", ["off", "block"]), Some("block"));
        assert_eq!(nearest("golang", ["erlang", "go"]), Some("go"));
        assert_eq!(nearest("error", ["colour"]), None);
    }

    #[test]
    fn lists_read_like_a_sentence() {
        assert_eq!(listed(["a", "b", "c"]), "`a`, `b` and `c`");
        assert_eq!(listed(["a"]), "`a`");
    }
}
