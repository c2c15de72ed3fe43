//! OpenSSH's `allowed_signers` file (ssh-keygen(1), ALLOWED SIGNERS) and a plain list of revoked keys.
//!
//! Times without a zone are read as UTC, not in the zone of whichever machine reads them, so that a
//! verdict is the same everywhere. Nothing is verified here.

use super::problem::Problem;
use super::ssh_signature::SshKey;
use crate::model::{Span, Text, Timestamp};

/// One line: who may sign with which key.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Signer {
    /// Patterns of identities: `*` and `?` are wildcards, `!` excludes.
    pub principals: Vec<String>,
    /// Whether the key certifies other keys instead of signing.
    pub certificate_authority: bool,
    /// Uses that the key is good for; all of them when absent.
    pub namespaces: Option<Vec<String>>,
    /// The first second in which signatures count.
    pub valid_after: Option<Timestamp>,
    /// The last second in which signatures count.
    pub valid_before: Option<Timestamp>,
    /// The key.
    pub key: SshKey,
    /// The line, from its first character to the end of the key.
    pub span: Span,
}

impl Signer {
    /// Whether one of the principals matches the address and none excludes it. Case does not matter.
    #[must_use]
    pub fn speaks_for(&self, email: &str) -> bool {
        let fold = |it: &str| it.to_ascii_lowercase();
        let principals: Vec<String> = self.principals.iter().map(|it| fold(it)).collect();
        matches_list(&principals, &fold(email))
    }

    /// Whether the key is good for this use. Case matters, as it does to OpenSSH.
    #[must_use]
    pub fn is_for(&self, namespace: &str) -> bool {
        self.namespaces.as_ref().is_none_or(|patterns| matches_list(patterns, namespace))
    }
}

/// Reads the file. A line that cannot be read is reported and authorises nobody.
#[must_use]
pub fn parse(text: &Text) -> (Vec<Signer>, Vec<Problem>) {
    let mut signers = Vec::new();
    let mut problems = Vec::new();
    for line in text.lines() {
        let trimmed = line.text.trim();
        if trimmed.is_empty() || trimmed.starts_with('#') {
            continue;
        }
        let start = line.start + (line.text.len() - line.text.trim_start().len());
        let span = Span::new(start, start + trimmed.len());
        match signer(trimmed, span) {
            Ok(signer) => signers.push(signer),
            Err(message) => problems.push(Problem::new(span, message)),
        }
    }
    (signers, problems)
}

/// Reads a list of revoked keys: one public key a line, as in `authorized_keys`.
#[must_use]
pub fn parse_revoked(text: &Text) -> (Vec<SshKey>, Vec<Problem>) {
    let mut keys = Vec::new();
    let mut problems = Vec::new();
    for line in text.lines().filter(|line| !line.text.trim().is_empty() && !line.text.trim_start().starts_with('#')) {
        let mut words = line.text.split_whitespace();
        let key = words.next().zip(words.next()).and_then(|(kind, key)| SshKey::from_base64(kind, key));
        match key {
            Some(key) => keys.push(key),
            None => {
                let span = Span::new(line.start, line.start + line.text.len());
                problems.push(Problem::new(span, "this line is not a public key"));
            }
        }
    }
    (keys, problems)
}

fn signer(line: &str, span: Span) -> Result<Signer, String> {
    let (principals, rest) = field(line).ok_or("a quotation mark is not closed")?;
    let (second, after_second) = field(rest).ok_or("a quotation mark is not closed")?;
    let options_given = !is_key_type(second);
    let (options, kind, rest) = match options_given {
        true => {
            let (kind, rest) = field(after_second).ok_or("a quotation mark is not closed")?;
            (second, kind, rest)
        }
        false => ("", second, after_second),
    };
    let (key, after_key) = field(rest).unwrap_or_default();
    if kind.is_empty() || key.is_empty() {
        return Err("this line needs identities, a key type and a key".to_owned());
    }
    let key = SshKey::from_base64(kind, key).ok_or_else(|| format!("this is not a key of the type `{kind}`"))?;
    let principals: Vec<String> = list(principals);
    if principals.is_empty() {
        return Err("this line names nobody".to_owned());
    }
    let end = span.start + line.len() - after_key.len();
    let mut signer = Signer {
        principals,
        certificate_authority: false,
        namespaces: None,
        valid_after: None,
        valid_before: None,
        key,
        span: Span::new(span.start, end),
    };
    let mut given = Vec::new();
    for option in split_outside_quotes(options) {
        let name = option.split('=').next().unwrap_or_default().to_ascii_lowercase();
        if given.contains(&name) {
            // OpenSSH refuses the line as well: which of two limits was meant cannot be told.
            return Err(format!("`{name}` stands twice"));
        }
        given.push(name);
        apply(&mut signer, option)?;
    }
    match (signer.valid_after, signer.valid_before) {
        (Some(after), Some(before)) if before <= after => {
            Err("`valid-before` is not later than `valid-after`".to_owned())
        }
        _ => Ok(signer),
    }
}

fn apply(signer: &mut Signer, option: &str) -> Result<(), String> {
    let (name, value) = option.split_once('=').unwrap_or((option, ""));
    let value = value.strip_prefix('"').and_then(|it| it.strip_suffix('"')).unwrap_or(value);
    let time =
        || timestamp(value).ok_or_else(|| format!("`{value}` is not a time such as 20260630 or 20260630120000Z"));
    match name.to_ascii_lowercase().as_str() {
        "cert-authority" => signer.certificate_authority = true,
        "namespaces" => signer.namespaces = Some(list(value)),
        "valid-after" => signer.valid_after = Some(time()?),
        "valid-before" => signer.valid_before = Some(time()?),
        // OpenSSH refuses the line as well: an unknown limit must not be read as no limit.
        _ => return Err(format!("`{name}` is no option of a signer")),
    }
    Ok(())
}

/// The next field and what follows it; quotation marks keep white space together. Nothing when one is left open.
fn field(text: &str) -> Option<(&str, &str)> {
    let text = text.trim_start();
    let mut quoted = false;
    for (offset, symbol) in text.char_indices() {
        match symbol {
            '"' => quoted = !quoted,
            it if it.is_whitespace() && !quoted => {
                return text.split_at_checked(offset);
            }
            _ => {}
        }
    }
    (!quoted).then_some((text, ""))
}

fn list(text: &str) -> Vec<String> {
    let text = text.strip_prefix('"').and_then(|it| it.strip_suffix('"')).unwrap_or(text);
    text.split(',').map(str::trim).filter(|it| !it.is_empty()).map(str::to_owned).collect()
}

fn split_outside_quotes(options: &str) -> Vec<&str> {
    let mut quoted = false;
    let parts = options.split(|symbol| {
        quoted ^= symbol == '"';
        symbol == ',' && !quoted
    });
    parts.filter(|it| !it.is_empty()).collect()
}

/// Names of key types, certificates among them, begin with one of these; no option does.
fn is_key_type(word: &str) -> bool {
    ["ssh-", "ecdsa-sha2-", "sk-ssh-", "sk-ecdsa-"].iter().any(|prefix| word.starts_with(prefix))
}

/// `YYYYMMDD`, `YYYYMMDDHHMM` or `YYYYMMDDHHMMSS`, each with or without `Z`.
fn timestamp(text: &str) -> Option<Timestamp> {
    let digits = text.strip_suffix(['Z', 'z']).unwrap_or(text);
    if !digits.bytes().all(|it| it.is_ascii_digit()) || !matches!(digits.len(), 8 | 12 | 14) {
        return None;
    }
    let part = |from: usize, to: usize| digits.get(from..to).filter(|it| !it.is_empty()).unwrap_or("00");
    let (year, month, day) = (part(0, 4), part(4, 6), part(6, 8));
    format!("{year}-{month}-{day}T{}:{}:{}Z", part(8, 10), part(10, 12), part(12, 14)).parse().ok()
}

/// Whether a positive pattern matches and no negative one does.
fn matches_list(patterns: &[String], text: &str) -> bool {
    let hits = |pattern: &str| matches_wildcards(pattern.as_bytes(), text.as_bytes());
    let excluded = patterns.iter().filter_map(|it| it.strip_prefix('!')).any(hits);
    !excluded && patterns.iter().filter(|it| !it.starts_with('!')).any(|it| hits(it))
}

/// `*` matches any run, `?` any one byte. Goes back to the last star only, so that it ends in O(pattern × text).
fn matches_wildcards(pattern: &[u8], text: &[u8]) -> bool {
    let (mut at, mut seen, mut star) = (0, 0, None);
    while seen < text.len() {
        match pattern.get(at) {
            Some(b'*') => {
                star = Some((at, seen));
                at += 1;
            }
            Some(symbol) if *symbol == b'?' || Some(symbol) == text.get(seen) => (at, seen) = (at + 1, seen + 1),
            Some(_) | None => match star {
                Some((star_at, from)) => {
                    star = Some((star_at, from + 1));
                    (at, seen) = (star_at + 1, from + 1);
                }
                None => return false,
            },
        }
    }
    pattern.get(at..).is_some_and(|rest| rest.iter().all(|it| *it == b'*'))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::ssh_signature::tests::public;
    use super::*;

    fn read(text: &str) -> (Vec<Signer>, Vec<String>) {
        let (signers, problems) = parse(&Text::decode(text.as_bytes()));
        (signers, problems.into_iter().map(|it| it.message).collect())
    }

    #[test]
    fn every_part_of_a_line_is_read() {
        let text = format!(
            "# team\n\n  ana@example.com,\"b o@example.com\" namespaces=\"git,file\",valid-after=\"20260101\",\
             valid-before=20261231235959Z {} a comment\n*@ops.example.com cert-authority {}\n",
            public(1),
            public(2)
        );
        let (signers, problems) = read(&text);
        assert_eq!(problems, Vec::<String>::new());
        let [first, second] = signers.as_slice() else { panic!("{signers:?}") };
        assert!(first.speaks_for("Ana@Example.com") && first.is_for("git") && !first.is_for("email"));
        assert_eq!(first.valid_after.map(|it| it.to_string()).as_deref(), Some("2026-01-01T00:00:00Z"));
        assert_eq!(first.valid_before.map(|it| it.to_string()).as_deref(), Some("2026-12-31T23:59:59Z"));
        assert!(text.get(first.span.start..first.span.end).is_some_and(|it| it.ends_with(public(1).as_str())));
        assert!(second.certificate_authority && second.speaks_for("x@ops.example.com"));
        assert!(!second.speaks_for("x@example.com"));
    }

    #[test]
    fn exclusions_win_and_need_a_match_beside_them() {
        let (signers, _) =
            read(&format!("*@example.com,!bot@example.com {}\n!bot@example.com {}\n", public(1), public(1)));
        let speaks = |index: usize, email: &str| signers.get(index).is_some_and(|it| it.speaks_for(email));
        assert!(speaks(0, "ana@example.com") && !speaks(0, "bot@example.com"));
        assert!(!speaks(1, "ana@example.com"));
    }

    #[test]
    fn a_line_that_cannot_be_read_authorises_nobody() {
        let key = public(1);
        for line in [
            "ana@example.com".to_owned(),
            "ana@example.com ssh-ed25519 AAAA".to_owned(),
            format!("ana@example.com no-such-limit {key}"),
            format!("ana@example.com valid-before=\"tomorrow\" {key}"),
            format!("ana@example.com valid-before=\"20261301\" {key}"),
            format!("ana@example.com valid-before=\"20200101\",valid-before=\"20300101\" {key}"),
            format!("ana@example.com namespaces=\"file\",Namespaces=\"git\" {key}"),
            format!("ana@example.com valid-after=\"20300101\",valid-before=\"20200101\" {key}"),
            format!("\"ana@example.com {key}"),
            format!("\"\" {key}"),
        ] {
            let (signers, problems) = read(&line);
            assert_eq!((signers.len(), problems.len()), (0, 1), "{line}");
        }
    }

    #[test]
    fn a_use_is_read_to_the_letter() {
        let (signers, _) = read(&format!("ana@example.com namespaces=\"GIT,file\" {}", public(1)));
        let [signer] = signers.as_slice() else { panic!("{signers:?}") };
        assert!(signer.is_for("file") && signer.is_for("GIT") && !signer.is_for("git"));
    }

    #[test]
    fn revoked_keys_stand_one_a_line() {
        let text = format!("# lost laptop\n{} ana\nnonsense\n", public(1));
        let (keys, problems) = parse_revoked(&Text::decode(text.as_bytes()));
        assert_eq!((keys.len(), problems.len()), (1, 1));
    }

    #[test]
    fn wildcards_end_soon() {
        let stars = "*a".repeat(2000);
        assert!(!matches_wildcards(stars.as_bytes(), "a".repeat(1999).as_bytes()));
        assert!(matches_wildcards(b"*@*.example.com", b"x@y.example.com"));
        assert!(!matches_wildcards(b"?", b""));
    }

    proptest! {
        #[test]
        fn any_text_is_read_without_a_panic(text in "[a@,!*?\"=# \nzsé-]{0,80}") {
            let _ = read(&text);
            let _ = parse_revoked(&Text::decode(text.as_bytes()));
        }

        #[test]
        fn any_options_are_read_without_a_panic(options in "[a-z0-9=\",-]{0,40}") {
            let _ = read(&format!("a@b {options} {}", public(1)));
        }
    }
}
