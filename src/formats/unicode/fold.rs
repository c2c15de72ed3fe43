//! Keys under which two spellings of a file name are one.

use unicode_normalization::UnicodeNormalization as _;

/// The name in its composed form (NFC): `é` as one character, however it was written.
#[must_use]
pub fn composed(name: &str) -> String {
    name.nfc().collect()
}

/// The name as a file system sees it that tells neither case nor normal forms apart.
///
/// Upper-casing first lets the letters that share a capital fall together: `ſ` and `s`, `ς` and `σ`, `ß` and `ss`.
#[must_use]
pub fn case_key(name: &str) -> String {
    if name.is_ascii() {
        return name.to_ascii_lowercase();
    }
    name.nfd().flat_map(char::to_uppercase).flat_map(char::to_lowercase).nfc().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_of_one_name_fall_together() {
        assert_eq!(composed("e\u{301}"), composed("\u{e9}"));
        assert_eq!(case_key("READme"), case_key("readME"));
        assert_eq!(case_key("STRASSE"), case_key("straße"));
        assert_eq!(case_key("ΣΑΣ"), case_key("σας"));
        assert_eq!(case_key("E\u{301}"), case_key("\u{e9}"));
        assert_ne!(case_key("a"), case_key("á"));
    }
}
