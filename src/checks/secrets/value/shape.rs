//! Forms that tell what a literal is at a glance.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// Whether a literal is a password that was hashed for storage.
pub(super) fn is_password_hash(value: &str) -> bool {
    const STARTS: &[&str] = &[
        "$2a$",
        "$2b$",
        "$2y$",
        "$1$",
        "$5$",
        "$6$",
        "$y$",
        "$7$",
        "$apr1$",
        "$argon2",
        "$pbkdf2",
        "pbkdf2_sha",
        "{SSHA",
        "{ssha",
        "{SHA}",
        "{CRYPT}",
        "{crypt}",
        "SCRAM-SHA-256$",
        "{bcrypt}$2",
        "{PBKDF2}",
        "pbkdf2:sha",
        "scrypt:32768:",
    ];
    // An entry of a file of users has the name before it.
    let hash =
        value.split_once(":$").map_or(value, |(_, hash)| value.get(value.len() - hash.len() - 1..).unwrap_or(hash));
    24 <= hash.len()
        && !hash.contains([' ', '<'])
        && !hash.contains("{{")
        && STARTS.iter().any(|start| hash.starts_with(start))
}

/// What a literal says that is text in base 64: `cGFzc3dvcmQ=`.
pub(super) fn text_of_base64(value: &str) -> Option<String> {
    if value.len() < 8 || !value.len().is_multiple_of(4) {
        return None;
    }
    let text = String::from_utf8(STANDARD.decode(value).ok()?).ok()?;
    let text = text.trim_end();
    let is_text = text.bytes().all(|it| it.is_ascii_graphic() || it == b' ');
    (4 <= text.len() && is_text).then(|| text.to_owned())
}

/// Whether a literal has the form `8-4-4-4-12`.
pub(super) fn is_uuid(value: &str) -> bool {
    let mut lengths = value.split('-').map(str::len);
    value.len() == 36
        && [8, 4, 4, 4, 12].iter().all(|it| lengths.next() == Some(*it))
        && value.bytes().all(|it| it.is_ascii_hexdigit() || it == b'-')
}

/// Whether a literal is a short number.
pub(super) fn is_pin(value: &str) -> bool {
    (4..=10).contains(&value.len()) && value.bytes().all(|it| it.is_ascii_digit()) && !value.starts_with("00")
}

/// The password that a mail service shows in four groups of four letters, without the blanks.
pub(super) fn joined(value: &str) -> Option<String> {
    let is_group = |it: &str| it.len() == 4 && it.bytes().all(|it| it.is_ascii_lowercase());
    (value.len() == 19 && value.split(' ').count() == 4 && value.split(' ').all(is_group))
        .then(|| value.replace(' ', ""))
}

/// Whether a literal is the id of an OpenPGP key, or its fingerprint.
pub(super) fn is_key_id(value: &str) -> bool {
    let digits = value.strip_prefix("0x").unwrap_or(value).trim_end_matches('!');
    matches!(digits.len(), 8 | 16 | 40) && digits.bytes().all(|it| it.is_ascii_hexdigit())
}

/// Whether a literal is one word of letters.
pub(super) fn is_word(value: &str) -> bool {
    let rest = value.strip_prefix(char::is_alphabetic).unwrap_or(value);
    5 <= value.chars().count() && rest.chars().all(char::is_lowercase)
}

/// Whether a literal with digits is a name all the same: words with numbers behind them, joined by signs.
pub(super) fn is_name(value: &str) -> bool {
    const KNOWN: &[&str] = &[
        "utf8", "oauth2", "sha1", "sha256", "sha512", "md5", "base64", "http2", "ipv4", "ipv6", "s3", "ec2", "k8s",
        "x509", "aes256", "oauth1", "b64enc", "b64dec", "pbkdf2",
    ];
    let lower = value.to_ascii_lowercase();
    let mut parts = lower.split(['_', '-', '.', ':', '/', ' ']).peekable();
    let count = parts.clone().count();
    let mut is_part = |part: &str| {
        KNOWN.contains(&part)
            || part.bytes().all(|it| it.is_ascii_alphabetic())
            || part.bytes().all(|it| it.is_ascii_digit()) && part.len() < 3
    };
    parts.all(&mut is_part) && (1 < count || KNOWN.contains(&lower.as_str()))
}

/// Whether a literal is code, markup, a style, an expression or a sentence without blanks.
pub(super) fn is_code(value: &str) -> bool {
    const PARTS: &[&str] = &[
        "();", ").", "</", "/>", "=>", "&&", "||", "!=", "==", "[a-z", "[A-Z", "[0-9", "[^", "\\d", "\\w", "\\s",
        "(?:", ".*", ".+", "{2,", "px;", "\\n", "*/", "/*", "%7B", "&quot", "&lt", "&#", "\\x", "\\u", "\":", "':",
    ];
    // What ends in equals signs may be base 64.
    let filled = value.trim_end_matches('=');
    PARTS.iter().any(|part| filled.contains(part))
        || value.starts_with(['(', ')', ';', ',', ']', '}'])
        || value.ends_with(['(', '{', '[', ','])
        || (value.ends_with("')") || value.ends_with("\")")) && !value.contains('(')
        || value.bytes().filter(|it| matches!(it, b'(' | b')' | b'"' | b'\'' | b'[' | b']' | b'<' | b'>')).count() >= 3
}

/// Whether a host can be reached from anywhere: it has a domain of its own, or a public address.
pub(super) fn is_public_host(host: &str) -> bool {
    let labels: Vec<&str> = host.split('.').collect();
    let numbers: Vec<u8> = labels.iter().filter_map(|it| it.parse().ok()).collect();
    match (labels.as_slice(), numbers.as_slice()) {
        (_, [10 | 127 | 0, ..] | [192, 168, ..] | [172, 16..=31, ..]) => false,
        ([_, _, _, _], [_, _, _, _]) => true,
        ([_, .., last], _) => {
            const OWN: &[&str] =
                &["local", "internal", "lan", "svc", "cluster", "test", "example", "invalid", "localhost"];
            2 <= last.len() && last.bytes().all(|it| it.is_ascii_alphabetic()) && !OWN.contains(last)
        }
        _ => false,
    }
}

/// Whether a host is one of those that stand for any host, or this machine.
pub(super) fn is_example_host(host: &str) -> bool {
    let lower = host.to_ascii_lowercase();
    const NAMES: &[&str] = &[
        "localhost",
        "127.0.0.1",
        "0.0.0.0",
        "host",
        "hostname",
        "server",
        "domain",
        "proxy",
        "::1",
        "[::1]",
        "foo",
        "bar",
        "example",
    ];
    NAMES.contains(&lower.as_str())
        || [
            "example.com",
            "example.org",
            "example.net",
            ".example",
            ".test",
            ".invalid",
            ".localhost",
            "domain.com",
            "host.com",
            "domain.tld",
        ]
        .iter()
        .any(|end| lower.ends_with(end))
        || lower.starts_with("your")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_are_public_or_not() {
        for host in ["db.acme.io", "cluster0.ab12c.mongodb.net", "31.220.79.90", "acme.io"] {
            assert!(is_public_host(host), "{host}");
        }
        for host in
            ["db", "localhost", "127.0.0.1", "10.1.2.3", "192.168.1.2", "172.20.0.1", "db.svc.cluster.local", ""]
        {
            assert!(!is_public_host(host), "{host}");
        }
    }

    #[test]
    fn names_with_numbers_are_names() {
        for value in ["utf8", "oauth2-token", "my-service.v-2", "s3-bucket", "user_2"] {
            assert!(is_name(value), "{value}");
        }
        for value in ["hunter2x", "summer2024", "winter-2024", "p4ss"] {
            assert!(!is_name(value), "{value}");
        }
    }
}
