//! Whether a literal is there for show: an example, a mask, a filler, a constant that everybody knows.

use super::letters;

/// How serious a literal is meant.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Meant {
    /// For show.
    Placeholder,
    /// A password that everybody knows; somebody may use it all the same.
    WellKnown,
    /// In earnest, as far as it shows.
    Earnest,
}

/// Parts that tell of an example in any text.
const PARTS: &[&str] = &[
    "example",
    "placeholder",
    "changeme",
    "change-me",
    "change_me",
    "change_this",
    "changethis",
    "change-this",
    "changeit",
    "replace",
    "redacted",
    "removed",
    "censored",
    "masked",
    "dummy",
    "fake",
    "sample",
    "insert",
    "goes-here",
    "goes_here",
    "goeshere",
    "todo",
    "fixme",
    "lorem",
    "ipsum",
    "notreal",
    "not-real",
    "not_real",
    "not-a-",
    "not_a_",
    "notasecret",
    "not-secret",
    "foobar",
    "foo-bar",
    "foo_bar",
    "blahblah",
    "nosecret",
    "template",
    "_here",
    "-here",
    "whatever",
    "donotuse",
    "do-not-use",
    "unused",
    "my-secret",
    "my_secret",
    "mysecret",
    "mypass",
    "my_pass",
    "my-pass",
    "mytoken",
    "my_token",
    "my-token",
    "my_api",
    "my-api",
    "myapi",
    "somesecret",
    "some-secret",
    "some_secret",
    "somepass",
    "some-pass",
    "some_pass",
    "some-token",
    "some_token",
    "sometoken",
    "thisis",
    "this-is",
    "this_is",
    "testing",
    "deadbeef",
    "cafebabe",
    "test-token",
    "test_token",
    "testtoken",
    "test-secret",
    "test_secret",
    "testsecret",
    "test-key",
    "test_key",
    "testkey",
    "test-pass",
    "testpass",
    "test_pass",
    "secret-key",
    "secret_key",
    "secretkey",
    "api-key",
    "api_key",
    "apikey",
    "access-token",
    "access_token",
    "accesstoken",
    "auth-token",
    "auth_token",
    "authtoken",
    "client-secret",
    "client_secret",
    "clientsecret",
    "private-key",
    "private_key",
    "supersecret",
    "super-secret",
    "super_secret",
    "topsecret",
    "verysecret",
    "very-secret",
    "very_secret",
    "invalid",
    "incorrect",
    "wrong",
    "bogus",
    "generated",
    "random",
    "\u{2026}",
    "\u{2022}\u{2022}",
    "\u{25cf}\u{25cf}",
    "xxxx",
    "XXXX",
    "****",
    "....",
    "----",
    "____",
    "####",
    "????",
];

/// Words that begin an instruction: `your-token`, `enter_password`.
const STARTS: &[&str] = &[
    "your", "enter", "put", "add-", "add_", "use-", "use_", "set-", "set_", "paste", "type-", "any-", "any_", "some-",
    "some_", "the-", "the_",
];

/// Passwords that everybody tries first, in lower case and without what stands behind: digits and signs.
const KNOWN: &[&str] = &[
    "abc",
    "admin",
    "administrator",
    "alpine",
    "asdf",
    "asdfgh",
    "azerty",
    "bar",
    "baz",
    "blah",
    "bob",
    "alice",
    "demo",
    "default",
    "digest",
    "dev",
    "django",
    "elastic",
    "foo",
    "ftp",
    "geheim",
    "grafana",
    "guest",
    "hello",
    "hunter",
    "keycloak",
    "laravel",
    "letmein",
    "login",
    "manager",
    "mariadb",
    "master",
    "minio",
    "minioadmin",
    "monkey",
    "mongo",
    "mongodb",
    "mysql",
    "neo4j",
    "nobody",
    "nopass",
    "nopassword",
    "opensesame",
    "operator",
    "oracle",
    "p4ssw0rd",
    "p@ssw0rd",
    "p@ssword",
    "pa$$w0rd",
    "pa$$word",
    "pa55w0rd",
    "pa55word",
    "pass",
    "passw",
    "passw0rd",
    "passwd",
    "password",
    "passwort",
    "postgres",
    "postgresql",
    "public",
    "pw",
    "pwd",
    "qwer",
    "qwerty",
    "rabbitmq",
    "raspberry",
    "redis",
    "root",
    "s3cr3t",
    "s3cret",
    "sa",
    "secr3t",
    "secret",
    "secrets",
    "sesame",
    "shhh",
    "spring",
    "super",
    "superuser",
    "symfony",
    "sysadmin",
    "system",
    "t0ps3cr3t",
    "test",
    "tester",
    "tomcat",
    "token",
    "toor",
    "user",
    "username",
    "vagrant",
    "value",
    "welcome",
    "wordpress",
    "xyz",
    "zabbix",
    "key",
    "temp",
    "tmp",
    "bitnami",
    "correcthorsebatterystaple",
    "key",
    "api",
    "auth",
    "credentials",
];

/// Digests of nothing and keys that documents use.
const CONSTANTS: &[&str] = &[
    "d41d8cd98f00b204e9800998ecf8427e",
    "da39a3ee5e6b4b0d3255bfef95601890afd80709",
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "5f4dcc3b5aa765d61d8327deb882cf99",
    "098f6bcd4621d373cade4e832627b4f6",
];

/// How the keys of the accounts begin with which development chains of Ethereum start: all of them have these.
const DEVELOPMENT: &[&str] = &[
    "ac0974bec39a",
    "59c6995e998f",
    "5de4111afa1a",
    "7c852118294e",
    "47e179ec1974",
    "8b3a350cf5c3",
    "92db14e403b8",
    "4bbbf85ce337",
    "dbda1821b805",
    "2a871d0798f9",
];

/// How serious a literal is meant.
pub(super) fn meant(value: &str) -> Meant {
    let lower = value.to_lowercase();
    let lower = lower.trim();
    let spelled = letters::spelled(lower);
    let is_filler = lower.ends_with("...")
        || lower.starts_with('<') && lower.ends_with('>')
        || is_monotone(lower)
        || is_repetition(lower)
        || is_braid(lower);
    if is_filler
        || CONSTANTS.contains(&lower)
        || lower.len() >= 64 && DEVELOPMENT.iter().any(|it| lower.trim_start_matches("0x").starts_with(it))
        || PARTS.iter().any(|part| lower.contains(part) || spelled.contains(part))
        || STARTS.iter().any(|start| lower.starts_with(start)) && !lower.bytes().any(|it| it.is_ascii_digit())
        || lower.contains("your-")
        || lower.contains("your_")
    {
        return Meant::Placeholder;
    }
    let stem = lower.trim_end_matches(|it: char| it.is_ascii_digit() || it.is_ascii_punctuation());
    let stem = stem.trim_start_matches(|it: char| it.is_ascii_digit() || it.is_ascii_punctuation());
    let tail = lower.len() - stem.len();
    let two = |known: &&str| {
        stem.strip_prefix(*known)
            .is_some_and(|rest| KNOWN.contains(&rest.trim_start_matches(['_', '-', '.', ' ', '@'])))
    };
    let is_known = stem.is_empty()
        || KNOWN.contains(&stem)
        || KNOWN.contains(&lower)
        || KNOWN.contains(&spelled.as_str())
        || KNOWN.iter().any(two);
    if is_known && tail <= 4.max(stem.len()) && (!stem.is_empty() || lower.len() < 8) {
        Meant::WellKnown
    } else {
        Meant::Earnest
    }
}

/// Whether a literal has the word for what it is in it.
pub(super) fn says_password(value: &str) -> bool {
    let lower = value.to_lowercase();
    let spelled = letters::spelled(&lower);
    ["password", "passwd", "passwort"].iter().any(|word| lower.contains(word) || spelled.contains(word))
}

/// Whether most characters repeat the one before or go on from it, in the alphabet or on the keyboard.
fn is_monotone(lower: &str) -> bool {
    const ROWS: &str = "qwertyuiop asdfghjkl zxcvbnm 1234567890 abcdefghijklmnopqrstuvwxyz 0123456789abcdef zyxwvutsrqponmlkjihgfedcba 9876543210";
    let bytes = lower.as_bytes();
    if bytes.len() < 4 {
        return false;
    }
    let steps = bytes
        .windows(2)
        .filter(|two| matches!(two, [a, b] if a == b || ROWS.as_bytes().windows(2).any(|row| row == *two)));
    let pairs =
        bytes.chunks_exact(2).map(|pair| std::str::from_utf8(pair).ok().and_then(|it| u8::from_str_radix(it, 16).ok()));
    let numbers: Vec<u8> = pairs.flatten().collect();
    let numbers_step =
        |step: u8| numbers.windows(2).filter(|two| matches!(two, [a, b] if b.wrapping_sub(*a) == step)).count();
    let is_counted =
        8 <= numbers.len() && (0..=17).chain(239..=255).any(|step| numbers.len() * 3 / 4 <= numbers_step(step));
    (bytes.len() - 1) * 7 <= steps.count() * 10 || is_counted
}

/// Whether two rows are braided: `a1b2c3d4`.
fn is_braid(lower: &str) -> bool {
    let letters: String = lower.chars().filter(char::is_ascii_alphabetic).collect();
    let digits: String = lower.chars().filter(char::is_ascii_digit).collect();
    is_monotone(&letters) && is_monotone(&digits)
}

/// Whether a short piece is repeated: `abcabcabc`, `foofoo`.
fn is_repetition(lower: &str) -> bool {
    let bytes = lower.as_bytes();
    let periods = (1..=bytes.len() / 2).take(16);
    let repeats = |period: usize| bytes.iter().zip(bytes.iter().skip(period)).all(|(a, b)| a == b);
    if 6 <= bytes.len() && periods.filter(|it| 3 * it <= bytes.len() || *it == 8).any(repeats) {
        return true;
    }
    let mut kinds: Vec<u8> = bytes.to_vec();
    kinds.sort_unstable();
    kinds.dedup();
    kinds.len() <= 2 && 4 <= bytes.len() || kinds.len() <= 4 && 12 <= bytes.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_for_show_is_told_from_what_is_meant() {
        for value in [
            "changeme",
            "your-token-here",
            "YOUR_API_KEY",
            "<password>",
            "xxxxxxxx",
            "sk_live_xxxxxxxxxxxx",
            "****",
            "\u{2026}",
            "todo",
            "abcdefgh",
            "1234567890",
            "qwertyuiop",
            "0123456789abcdef0123456789abcdef",
            "000102030405060708090a0b0c0d0e0f",
            "00112233445566778899aabbccddeeff",
            "deadbeefdeadbeef",
            "aaaaaaaa",
            "abcabcabc",
            "d41d8cd98f00b204e9800998ecf8427e",
            "AKIAIOSFODNN7EXAMPLE",
            "insert-key",
            "A1B2C3D4E5F6G7H8",
            "a1b2c3d4",
            "verYs3cret",
            "REPLACE_ME",
            "some-secret",
            "super_secret_key",
            "00000000000000000000000000000000",
        ] {
            assert_eq!(meant(value), Meant::Placeholder, "{value}");
        }
        for value in [
            "password",
            "password123",
            "secret",
            "admin",
            "P@ssw0rd!",
            "test123",
            "root",
            "Welcome1",
            "postgres",
            "hunter2",
            "1357",
            "testuser1",
        ] {
            assert_eq!(meant(value), Meant::WellKnown, "{value}");
        }
        for value in ["swordfish", "Summer2024!", "kq7vTz2mWp", "correct-horse", "w3bmaster-x", "84713905"] {
            assert_eq!(meant(value), Meant::Earnest, "{value}");
        }
    }
}
