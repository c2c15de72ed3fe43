//! Verbs that begin a subject in another mood than the imperative.
//!
//! The list is sure rather than long: forms that are nouns or adjectives as well (`Updates`, `Tests`,
//! `Changes`, `Fixed`-width things aside) are left out where a subject could begin with them as such.

/// Verbs whose forms in `-s`, `-ed` and `-ing` are never the first word of a good subject. A verb whose
/// plain third person is a noun is marked by `false`, and only its other forms count.
const VERBS: &[(&str, bool)] = &[
    ("add", true),
    ("adjust", true),
    ("allow", true),
    ("apply", true),
    ("avoid", true),
    ("bump", false),
    ("change", false),
    ("clarify", true),
    ("convert", true),
    ("correct", true),
    ("create", true),
    ("delete", true),
    ("disable", true),
    ("drop", false),
    ("enable", true),
    ("ensure", true),
    ("expose", true),
    ("extend", true),
    ("extract", false),
    ("fix", false),
    ("handle", false),
    ("implement", false),
    ("improve", true),
    ("include", false),
    ("introduce", true),
    ("make", false),
    ("merge", false),
    ("migrate", true),
    ("move", false),
    ("prevent", true),
    ("provide", true),
    ("refactor", true),
    ("reject", false),
    ("remove", true),
    ("rename", false),
    ("reorder", true),
    ("replace", true),
    ("resolve", true),
    ("revert", false),
    ("rewrite", false),
    ("simplify", true),
    ("skip", false),
    ("speed", false),
    ("split", false),
    ("stop", false),
    ("support", false),
    ("switch", false),
    ("update", false),
    ("upgrade", false),
    ("use", false),
    ("write", false),
];

/// Past forms that no rule makes.
const IRREGULAR: &[(&str, &str)] = &[("made", "make"), ("rewrote", "rewrite"), ("wrote", "write"), ("sped", "speed")];

/// The imperative of a verb in another form; nothing for any other word. A capital stays a capital.
pub(super) fn imperative_of(word: &str) -> Option<String> {
    let small = word.trim_end_matches([',', ':']).to_lowercase();
    let irregular = IRREGULAR.iter().find(|(form, _)| *form == small).map(|(_, verb)| *verb);
    let verb = irregular.or_else(|| VERBS.iter().find(|(verb, third)| is_form(&small, verb, *third)).map(|it| it.0))?;
    let capital = word.starts_with(char::is_uppercase);
    let first = verb.chars().next().filter(|_| capital);
    Some(first.map_or_else(|| verb.to_owned(), |it| it.to_uppercase().chain(verb.chars().skip(1)).collect()))
}

fn is_form(word: &str, verb: &str, third_person: bool) -> bool {
    let (stem, last) = verb.split_at_checked(verb.len().saturating_sub(1)).unwrap_or((verb, ""));
    let forms = match last {
        // Change: changes, changed, changing.
        "e" => [format!("{verb}s"), format!("{verb}d"), format!("{stem}ing")],
        // Apply: applies, applied, applying.
        "y" => [format!("{stem}ies"), format!("{stem}ied"), format!("{verb}ing")],
        // Fix: fixes, fixed, fixing.
        "x" | "h" => [format!("{verb}es"), format!("{verb}ed"), format!("{verb}ing")],
        _ => [format!("{verb}s"), format!("{verb}ed"), format!("{verb}ing")],
    };
    let [third, past, participle] = forms;
    let doubled = [format!("{verb}{last}ed"), format!("{verb}{last}ing")];
    word == past || word == participle || doubled.iter().any(|it| it == word) || (third_person && word == third)
}

#[cfg(test)]
mod tests {
    use super::imperative_of;

    #[test]
    fn other_moods_are_known_and_nouns_are_left_alone() {
        for (word, verb) in [
            ("Added", "Add"),
            ("adds", "add"),
            ("Fixing", "Fix"),
            ("applies", "apply"),
            ("Changed", "Change"),
            ("dropping", "drop"),
            ("Dropped", "Drop"),
            ("made", "make"),
        ] {
            assert_eq!(imperative_of(word).as_deref(), Some(verb), "{word}");
        }
        for word in ["Add", "fix", "Changes", "Tests", "Fixes", "Updates", "address", "", "Ünïted", "Handles"] {
            assert_eq!(imperative_of(word), None, "{word}");
        }
    }
}
