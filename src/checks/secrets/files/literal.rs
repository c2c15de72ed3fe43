//! What the value of a known setting is: a secret, a reference to one, or an example.

use std::ops::Range;

use super::Writing;
use crate::checks::secrets::proof::base64;
use crate::checks::secrets::tier::Tier;
use crate::checks::secrets::value;

/// Why a value may be no secret.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Doubt {
    /// It stands for a value that is somewhere else, or for none.
    Reference,
    /// It is what a manual would write.
    Example,
}

/// The longest value that is a secret, in bytes.
const LONGEST: usize = 8192;

/// The longest value in which words tell that it is an example: chance writes words into longer ones.
const LONGEST_EXAMPLE: usize = 64;

/// The value itself, and how sure its writing makes it.
pub(super) fn read(writing: Writing, text: &[u8]) -> Option<(Vec<u8>, Tier)> {
    if text.is_empty() || LONGEST < text.len() {
        return None;
    }
    match writing {
        Writing::Plain | Writing::Address | Writing::Hash | Writing::Obscured => Some((text.to_vec(), Tier::Likely)),
        Writing::Base64 => {
            let joined: Vec<u8> = text.iter().copied().filter(|it| !it.is_ascii_whitespace()).collect();
            let value = base64::decode(&joined)?;
            let is_text = value.iter().all(|it| it.is_ascii_graphic() || matches!(it, b' ' | b'\n'));
            (!value.is_empty() && is_text).then_some((value, Tier::Likely))
        }
        Writing::Login => {
            let value = base64::decode(text)?;
            let colon = value.iter().position(|it| *it == b':')?;
            let (user, password) = (value.get(..colon)?, value.get(colon + 1..)?);
            let is_text = value.iter().all(|it| it.is_ascii_graphic() || matches!(it, b' ' | 0));
            let password: Vec<u8> = password.iter().copied().filter(|it| *it != 0).collect();
            (!user.is_empty() && !password.is_empty() && is_text).then_some((password, Tier::Certain))
        }
        Writing::Key32 => {
            let value = base64::decode(text).filter(|it| it.len() == 32)?;
            Some((value, Tier::Certain))
        }
    }
}

/// Where the password of an address stands: `scheme://user:password@host`.
pub(super) fn password_of_address(text: &[u8]) -> Option<Range<usize>> {
    let scheme = text.windows(3).position(|it| it == b"://")?;
    let start = scheme + 3;
    let rest = text.get(start..)?;
    let length =
        rest.iter().position(|it| matches!(it, b'/' | b'?' | b'#' | b' ' | b'"' | b'\'')).unwrap_or(rest.len());
    let authority = rest.get(..length)?;
    let at = authority.iter().rposition(|it| *it == b'@')?;
    let user = authority.get(..at)?;
    match user.iter().position(|it| *it == b':') {
        Some(colon) if colon + 1 < at => Some(start + colon + 1..start + at),
        // A token may stand where the user does.
        None if 20 <= at => Some(start..start + at),
        Some(_) | None => None,
    }
}

/// Parts of words that only examples have.
const EXAMPLES: [&str; 28] = [
    "xxxx",
    "****",
    "....",
    "____",
    "changeme",
    "change-me",
    "change_me",
    "change me",
    "changeit",
    "your_",
    "your-",
    "your ",
    "yourpass",
    "example",
    "placeholder",
    "replace",
    "insert",
    "dummy",
    "todo",
    "fixme",
    "redacted",
    "put your",
    "_here",
    "-here",
    " here",
    "foobar",
    "sample",
    "unique phrase",
];
/// Words for no value.
const NOTHING: [&str; 7] = ["null", "none", "nil", "true", "false", "~", "undefined"];
/// Words that stand for a password in examples.
const WORDS: [&str; 23] = [
    "password",
    "passwd",
    "pass",
    "passphrase",
    "secret",
    "token",
    "user",
    "username",
    "test",
    "testing",
    "admin",
    "root",
    "string",
    "value",
    "foo",
    "bar",
    "baz",
    "default",
    "123456",
    "mypassword",
    "mysecret",
    "postgres",
    "guest",
];
/// How a value begins that stands for another one.
const REFERENCES: [&str; 23] = [
    "enc[",
    "op://",
    "vault:",
    "!vault",
    "env(",
    "env:",
    "env.",
    "env[",
    "process.env",
    "os.environ",
    "os.getenv",
    "getenv",
    "secret:",
    "ssm:",
    "arn:aws:",
    "file:",
    "$ansible_vault",
    "var.",
    "data.",
    "local.",
    "@microsoft.keyvault",
    "pass show",
    "(sensitive",
];

/// Why a value may be no secret.
pub(super) fn doubt(value: &[u8]) -> Option<Doubt> {
    let text = String::from_utf8_lossy(value).to_ascii_lowercase();
    let text = text.trim();
    if is_reference(text) || NOTHING.contains(&text) {
        return Some(Doubt::Reference);
    }
    let is_example = EXAMPLES.iter().any(|it| text.contains(it))
        || WORDS.contains(&text)
        || is_monotonous(text.as_bytes())
        || text.len() <= LONGEST_EXAMPLE && value::is_placeholder(text);
    is_example.then_some(Doubt::Example)
}

/// Why a hash may be none.
pub(super) fn doubt_of_hash(value: &[u8]) -> Option<Doubt> {
    let is_locked = value.starts_with(b"!") || value.starts_with(b"*") || value == b"x";
    let is_hash = 13 <= value.len() && value.iter().all(u8::is_ascii_graphic);
    (is_locked || !is_hash || is_reference(&String::from_utf8_lossy(value).to_ascii_lowercase()))
        .then_some(Doubt::Reference)
}

/// Why the bytes of a key may be none.
pub(super) fn doubt_of_key(value: &[u8]) -> Option<Doubt> {
    is_monotonous(value).then_some(Doubt::Example)
}

fn is_reference(text: &str) -> bool {
    let is_variable = |text: &str| {
        let mut bytes = text.bytes();
        bytes.next() == Some(b'$')
            && bytes.next().is_some_and(|it| it == b'_' || it.is_ascii_lowercase())
            && text.bytes().skip(1).all(|it| it == b'_' || it.is_ascii_alphanumeric())
    };
    let is_within = |first: &str, last: &str| text.starts_with(first) && text.ends_with(last) && 1 < text.len();
    text.is_empty()
        || is_variable(text)
        || ["{{", "${", "$(", "<%", "#{", "%("].iter().any(|it| text.contains(it))
        || REFERENCES.iter().any(|it| text.starts_with(it))
        || is_within("<", ">")
        || is_within("%", "%")
        || is_within("{", "}")
        || is_within("[", "]")
        || is_within("__", "__")
        || is_within("@", "@")
        || text.starts_with('`')
}

/// Whether it is made of one or two characters over and over.
fn is_monotonous(value: &[u8]) -> bool {
    let mut kinds: Vec<u8> = value.iter().copied().take(256).collect();
    kinds.sort_unstable();
    kinds.dedup();
    kinds.len() <= 2
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_and_examples_are_told_from_secrets() {
        for (text, doubt_is) in [
            ("hunter2", None),
            ("$ecr3t!pw", None),
            ("p{a}ss", None),
            ("${DB_PASSWORD}", Some(Doubt::Reference)),
            ("$DB_PASSWORD", Some(Doubt::Reference)),
            ("{{ db_password }}", Some(Doubt::Reference)),
            ("<your password>", Some(Doubt::Reference)),
            ("{jSMOWnoPFgsHVpMvz5VrIt5kRbzGpI8u}", Some(Doubt::Reference)),
            ("op://vault/item", Some(Doubt::Reference)),
            ("ENC[AES256_GCM,data:x]", Some(Doubt::Reference)),
            ("changeme", Some(Doubt::Example)),
            ("put your unique phrase here", Some(Doubt::Example)),
            ("xxxxxxxx", Some(Doubt::Example)),
            ("password", Some(Doubt::Example)),
        ] {
            assert_eq!(doubt(text.as_bytes()), doubt_is, "{text}");
        }
        assert_eq!(doubt_of_hash(b"!"), Some(Doubt::Reference));
        assert_eq!(doubt_of_hash(b"$6$abcdefgh$ijklmnop"), None);
    }

    #[test]
    fn the_password_of_an_address_has_its_place() {
        let found = |text: &str| password_of_address(text.as_bytes()).map(|it| text.get(it).unwrap().to_owned());
        assert_eq!(found("https://me:s3cr3t@host/path").as_deref(), Some("s3cr3t"));
        assert_eq!(found("https://me:s3@cr@host").as_deref(), Some("s3@cr"));
        assert_eq!(found("https://me@host/a:b@c"), None);
        assert_eq!(found("https://host:80/"), None);
        assert_eq!(found(&format!("https://{}@host/", "a1".repeat(10))).as_deref(), Some("a1".repeat(10).as_str()));
    }
}
