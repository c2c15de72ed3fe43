//! "Did you mean": the nearest name to a misspelt one.

/// The name nearest to `wanted`, when one is near enough to be meant.
#[must_use]
pub fn nearest<'a>(wanted: &str, names: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let wanted = wanted.to_lowercase();
    let scored = names.into_iter().map(|name| (strsim::jaro_winkler(&wanted, &name.to_lowercase()), name));
    let best = scored.max_by(|(a, first), (b, second)| a.total_cmp(b).then_with(|| second.cmp(first)));
    best.filter(|(score, _)| *score >= 0.75).map(|(_, name)| name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_finds_its_name_and_nonsense_finds_none() {
        let names = ["branch", "commits", "files", "unicode"];
        assert_eq!(nearest("comits", names), Some("commits"));
        assert_eq!(nearest("file", names), Some("files"));
        assert_eq!(nearest("zzz", names), None);
    }
}
