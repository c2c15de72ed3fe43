//! Comments with which other tools are told to leave a line alone.

use memchr::memmem::find;

use super::allow::lines;
use crate::checks::secrets::hit::Hit;
use crate::checks::secrets::input::Input;

/// On the line of the secret.
const HERE: [&[u8]; 9] = [
    b"gitleaks:allow",
    b"betterleaks:allow",
    b"kingfisher:ignore",
    b"trufflehog:ignore",
    b"pragma: allowlist secret",
    b"pragma: whitelist secret",
    b"secretlint-disable-line",
    b"ggignore",
    b"noqa: secret",
];

/// On the line above it.
const ABOVE: [&[u8]; 3] =
    [b"pragma: allowlist nextline secret", b"pragma: whitelist nextline secret", b"secretlint-disable-next-line"];

/// Rules of linters about literal credentials, in small letters: Bandit's, gosec's and those of flake8 and Ruff.
const LINTS: [&str; 7] = ["b105", "b106", "b107", "g101", "s105", "s106", "s107"];

/// Bytes of the line above that are looked at.
const AROUND: usize = 4096;

/// Whether such a comment speaks of the hit.
pub(super) fn is_commented(input: &Input<'_>, hit: &Hit) -> bool {
    let here = lines(input, hit).to_ascii_lowercase();
    let has = |line: &[u8], words: &[&[u8]]| words.iter().any(|it| find(line, it).is_some());
    has(&here, &HERE) || is_linted(&here) || above(input, hit).is_some_and(|it| has(&it.to_ascii_lowercase(), &ABOVE))
}

/// Whether a line has `# nosec` or `# noqa` for rules about credentials. `nosec` without a rule means all of them;
/// `noqa` alone is most often about the length of a line.
fn is_linted(line: &[u8]) -> bool {
    [("nosec", true), ("noqa", false)].into_iter().any(|(word, may_stand_alone)| {
        let Some(at) = find(line, word.as_bytes()) else { return false };
        let before = line.get(..at).unwrap_or_default().trim_ascii_end();
        let opens = before.ends_with(b"#") || before.ends_with(b"//") || before.ends_with(b"/*");
        let rest = String::from_utf8_lossy(line.get(at + word.len()..).unwrap_or_default()).into_owned();
        let is_word = !rest.starts_with(|it: char| it.is_alphanumeric() || it == '_' || it == '-');
        let is_rule = |it: &&str| it.len() == 4 && it.bytes().skip(1).all(|byte| byte.is_ascii_digit());
        let mut rules = rest.split(|it: char| !it.is_ascii_alphanumeric()).filter(is_rule).peekable();
        let names_none = rules.peek().is_none();
        opens && is_word && (names_none && may_stand_alone || rules.any(|it| LINTS.contains(&it)))
    })
}

/// The line above the one on which the hit begins, as far as it is near.
fn above<'a>(input: &Input<'a>, hit: &Hit) -> Option<&'a [u8]> {
    let before = input.text.get(hit.span.start.saturating_sub(AROUND)..hit.span.start)?;
    let end = memchr::memrchr(b'\n', before)?;
    let line = before.get(..end)?;
    line.get(memchr::memrchr(b'\n', line).map_or(0, |it| it + 1)..)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn linters_are_heard_where_they_speak_of_credentials() {
        for line in
            ["x # nosec", "x #nosec b105", "x // nosec: b301, g101", "x  # noqa: e501,s106", "x # nosec - made up"]
        {
            assert!(is_linted(line.as_bytes()), "{line}");
        }
        for line in ["x # nosec b301", "x # noqa", "x # noqa: e501", "nosecret = x", "x # nosecond", "'nosec'"] {
            assert!(!is_linted(line.as_bytes()), "{line}");
        }
    }
}
