//! Whether a literal stands for a secret that is kept elsewhere: a variable, a hole of a template, a call, an address
//! of a vault, a ciphertext, a name.

use super::letters::{self, Look};
use super::name;
use super::words::{PASSWORDS, has};
use crate::checks::secrets::pair::{Binding, Pair, Syntax, Writing};

/// Whether the literal of a pair is a reference, a type, a word for nothing, or anything else that is no value.
pub(super) fn is_reference(pair: &Pair<'_>, value: &str) -> bool {
    is_nothing(value)
        || has_hole(pair, value)
        || is_kept_elsewhere(value)
        || is_encrypted(value)
        || pair.binding != Binding::Userinfo && is_lookup(value)
        || is_place(value)
        || is_akin(pair, value)
        || is_migration(value)
        || is_object(pair, value)
}

/// Whether a text is no value that could be secret: a word for nothing, a place, a date, a number.
pub(super) fn is_open(value: &str) -> bool {
    is_nothing(value) || is_place(value) || is_migration(value)
}

/// `0001_initial`, `2019-03-20T17:54:53Z`: a step of a schema, a moment.
fn is_migration(value: &str) -> bool {
    let digits = value.bytes().take_while(u8::is_ascii_digit).count();
    let rest = value.as_bytes().get(digits..).unwrap_or_default();
    let is_moment = digits == 4 && value.len() >= 16 && value.as_bytes().get(10) == Some(&b'T');
    is_moment || digits == 4 && matches!(rest, [b'_', letter, ..] if letter.is_ascii_lowercase())
}

/// `mysql-credentials`, `app.example-tls`: what settings call an object that keeps the secret, where it is no password.
fn is_object(pair: &Pair<'_>, value: &str) -> bool {
    let is_slug = value.bytes().all(|it| it.is_ascii_lowercase() || it.is_ascii_digit() || matches!(it, b'-' | b'.'));
    if pair.syntax != Syntax::Config || !is_slug || !value.contains(['-', '.']) {
        return false;
    }
    let last = value.rsplit(['-', '.']).next().unwrap_or_default();
    let is_named = matches!(
        last,
        "secret" | "secrets" | "tls" | "cert" | "certs" | "creds" | "credentials" | "key" | "keys" | "token" | "auth"
    );
    is_named && name::judge(&pair.key, &pair.parents).is_some_and(|it| !it.kind.id.contains("pass"))
}

/// Words for no value and names of types.
fn is_nothing(value: &str) -> bool {
    const WORDS: &[&str] = &[
        "any",
        "bool",
        "boolean",
        "bytes",
        "char",
        "default",
        "disabled",
        "empty",
        "enabled",
        "false",
        "float",
        "hidden",
        "int",
        "integer",
        "nan",
        "nil",
        "no",
        "none",
        "null",
        "number",
        "object",
        "off",
        "on",
        "optional",
        "prompt",
        "required",
        "secretstr",
        "securestring",
        "str",
        "string",
        "text",
        "true",
        "undefined",
        "unset",
        "varchar",
        "void",
        "yes",
    ];
    has(WORDS, value.to_ascii_lowercase().trim_matches(|it: char| !it.is_alphanumeric()))
        || !value.chars().any(char::is_alphanumeric)
}

/// Whether something is put in when the program runs.
fn has_hole(pair: &Pair<'_>, value: &str) -> bool {
    const ANYWHERE: &[&str] = &[
        "${", "$(", "{{", "}}", "<%", "%>", "#{", "%(", "{%", "<?", "@{", "[[", "]]", "[:", "(:", "$[", "\\(", "&{",
        "`",
    ];
    if ANYWHERE.iter().any(|it| value.contains(it)) {
        return true;
    }
    // `%~dp0`, `%~1` of batch files.
    if value.starts_with("%~") {
        return true;
    }
    // Among what was drawn, two of its characters may look like a hole.
    let is_format = ["%s", "%d", "%v"].iter().any(|it| value.contains(it));
    if is_format && (value.len() < 12 || letters::look(&value.replace(['%'], "")) != Look::Generated) {
        return true;
    }
    let within = |first: char, last: char| value.starts_with(first) && value.ends_with(last) && 2 < value.len();
    if within('<', '>') || within('{', '}') || within('%', '%') || within('@', '@') || within('[', ']') {
        return true;
    }
    // What is behind the closing sign may belong to what stands around the value.
    if value.starts_with('<') && value.contains('>') {
        return true;
    }
    // In a text for people the closing sign may belong to the sentence.
    if value.starts_with(['<', '[']) && !value.bytes().any(|it| it.is_ascii_digit()) {
        return true;
    }
    if value.starts_with("__") && value.ends_with("__") {
        return true;
    }
    // `{0}`, `{name}`, `{user.name}` within a text.
    let mut braces = value.split('{').skip(1).filter_map(|rest| rest.split_once('}'));
    if braces.any(|(hole, _)| hole.bytes().all(|it| it.is_ascii_alphanumeric() || matches!(it, b'_' | b'.' | b':'))) {
        return true;
    }
    let is_variable = |rest: &str| {
        let name = rest.split(|it: char| !it.is_ascii_alphanumeric() && it != '_').next().unwrap_or_default();
        let is_joined = pair.syntax != Syntax::Code && rest.bytes().all(|it| it.is_ascii_lowercase() || it == b'-');
        let whole = (name.len() == rest.len() || is_joined) && value.starts_with('$')
            || pair.syntax == Syntax::Shell
            || rest.contains(['[', '>', ':']);
        name.starts_with(|it: char| it.is_ascii_alphabetic() || it == '_')
            && (whole && letters::look(name) != Look::Generated
                || 3 <= name.len() && !name.bytes().any(|it| it.is_ascii_lowercase()))
    };
    value.split('$').skip(1).any(is_variable)
        || pair.syntax == Syntax::Shell && pair.writing == Writing::Bare && value.contains("$")
}

/// How addresses of vaults, files and variables begin.
const STARTS: &[&str] = &[
    "op://",
    "vault:",
    "vault://",
    "ref+",
    "!vault",
    "!secret",
    "!ref",
    "!sub",
    "!getatt",
    "!env",
    "!include",
    "!encrypted",
    "!join",
    "!importvalue",
    "arn:",
    "projects/",
    "secret://",
    "secrets://",
    "secretsmanager",
    "ssm:",
    "ssm://",
    "sm://",
    "gcp-sm:",
    "awssm:",
    "akv:",
    "keyring:",
    "keychain:",
    "env:",
    "env.",
    "$env:",
    "file:",
    "file(",
    "file.",
    "awssecret",
    "gcpsecret",
    "doppler://",
    "infisical://",
    "bw://",
    "bws:",
    "keepass:",
    "lpass:",
    "@microsoft.keyvault",
    "azurekeyvault",
    "kv:",
    "kv/",
    "secretkeyref",
    "credentials(",
    "env(",
    "%env",
    "sops:",
    "chamber:",
    "conjur",
    "var.",
    "local.",
    "data.",
    "module.",
    "process.env",
    "os.environ",
    "secrets.",
    "steps.",
    "vars.",
    "inputs.",
    "k8s:",
    "cmd:",
    "exec:",
    "(string)",
    "param:",
    "resolve:",
    "pass:env",
];

/// Addresses of vaults, files and variables.
fn is_kept_elsewhere(value: &str) -> bool {
    let starts = |start: &&str| value.get(..start.len()).is_some_and(|it| it.eq_ignore_ascii_case(start));
    // `!!binary`, a tag of YAML.
    let is_tag = |rest: &str| rest.starts_with(|it: char| it.is_ascii_lowercase()) && !rest.contains('!');
    STARTS.iter().any(starts) || value.strip_prefix("!!").is_some_and(is_tag)
}

/// Ciphertexts of tools that keep secrets in repositories, and public halves.
fn is_encrypted(value: &str) -> bool {
    const STARTS: &[&str] = &[
        "ENC[",
        "ENC(",
        "{cipher}",
        "$ANSIBLE_VAULT",
        "-----BEGIN AGE",
        "-----BEGIN PGP MESSAGE",
        "-----BEGIN PUBLIC",
        "-----BEGIN CERT",
        "-----BEGIN RSA PUBLIC",
        "-----BEGIN PGP PUBLIC",
        "-----BEGIN SSH2 PUBLIC",
        "ssh-rsa ",
        "ssh-ed25519 ",
        "ecdsa-sha2",
        "enc:",
        "encrypted:",
        "AQICAH",
        "CiQA",
        "vault:v1:",
        "sha256:",
        "sha512:",
        "sha1:",
        "sha1-",
        "sha256-",
        "sha384-",
        "sha512-",
        "md5:",
        "age1",
        "secure:",
        "Secret sealed",
        "data:image",
        "{AES}",
        "{aes}",
        "{3DES}",
        "{xor}",
        "ENCRYPTED",
    ];
    STARTS.iter().any(|start| value.starts_with(start)) || value.starts_with("AgB") && 200 < value.len()
}

/// `config.password`, `user["password"]`, `get_secret("db")`, `Settings::TOKEN`, `this->password`.
fn is_lookup(value: &str) -> bool {
    let is_path = |text: &str, signs: &[char]| {
        let mut parts = text.split(signs).peekable();
        parts.peek().is_some()
            && text.contains(signs)
            && parts.all(|part| {
                part.starts_with(|it: char| it.is_ascii_alphabetic() || it == '_' || it == '@')
                    && part
                        .bytes()
                        .all(|it| it.is_ascii_alphanumeric() || matches!(it, b'_' | b'-' | b'?' | b'!' | b'@'))
            })
    };
    let is_natural = |text: &str| letters::look(text) != Look::Generated;
    // `s3cr3t.P4ss` is spelled as nobody spells a name: digits stand at the end of a name's words.
    let has_inner_digit =
        value.as_bytes().windows(2).any(|two| matches!(two, [a, b] if a.is_ascii_digit() && b.is_ascii_alphabetic()));
    if is_path(value, &['.']) {
        return is_natural(value) && !has_inner_digit;
    }
    let words_around = |sign: char| {
        let is_word = |it: &str| !it.is_empty() && it.bytes().all(|it| it.is_ascii_alphabetic() || it == b'_');
        value.split_once(sign).is_some_and(|(a, b)| is_word(a) && is_word(b))
    };
    if words_around('(') || words_around('|') {
        return is_natural(value);
    }
    if value.contains("::") || value.contains("->") || value.contains("=>") || value.contains("()") {
        return true;
    }
    let opens = value.find(['(', '[']);
    let Some((before, rest)) = opens.and_then(|at| value.split_at_checked(at)) else { return false };
    let name = !before.is_empty()
        && before.bytes().all(|it| it.is_ascii_alphanumeric() || matches!(it, b'_' | b'.' | b':' | b'-'));
    name && (rest.ends_with([')', ']', ';', ',']) || rest.contains(['"', '\''])) && is_natural(before)
}

/// Paths, addresses without a password, media types, mail addresses, versions, dates, colours.
fn is_place(value: &str) -> bool {
    const ENDINGS: &[&str] = &[
        ".pem",
        ".key",
        ".crt",
        ".cer",
        ".txt",
        ".json",
        ".yml",
        ".yaml",
        ".jks",
        ".p12",
        ".pfx",
        ".html",
        ".htm",
        ".js",
        ".ts",
        ".py",
        ".rb",
        ".go",
        ".php",
        ".xml",
        ".env",
        ".gpg",
        ".asc",
        ".conf",
        ".ini",
        ".cfg",
        ".toml",
        ".properties",
        ".md",
        ".png",
        ".svg",
        ".sh",
        ".pub",
        ".com",
        ".org",
        ".net",
        ".local",
        ".internal",
    ];
    let lower = value.to_ascii_lowercase();
    if ENDINGS.iter().any(|ending| lower.ends_with(ending)) || value.contains("://") {
        return true;
    }
    let is_windows = value.as_bytes().get(1..3) == Some(b":\\");
    if value.starts_with("./") || value.starts_with("../") || value.starts_with("~/") || is_windows {
        return true;
    }
    let slashes = value.bytes().filter(|it| *it == b'/').count();
    const ROOTS: &[&str] =
        &["etc", "var", "run", "usr", "home", "root", "opt", "tmp", "mnt", "data", "app", "dev", "secrets", "srv"];
    let root = value.strip_prefix('/').and_then(|rest| rest.split('/').next()).unwrap_or_default();
    if ROOTS.contains(&root) || (value.starts_with('/') || 1 < slashes) && letters::look(value) != Look::Generated {
        return true;
    }
    let media = ["application/", "text/", "image/", "audio/", "video/", "multipart/"];
    media.iter().any(|it| lower.starts_with(it)) || is_number_like(value)
}

/// Versions, dates, short numbers, colours.
fn is_number_like(value: &str) -> bool {
    let rest = value.strip_prefix(['v', '#']).unwrap_or(value);
    let signs = rest.bytes().any(|it| matches!(it, b'.' | b':' | b'/' | b'-' | b','));
    let is_colour =
        value.starts_with('#') && matches!(rest.len(), 3 | 6 | 8) && rest.bytes().all(|it| it.is_ascii_hexdigit());
    is_colour
        || signs
            && rest.bytes().all(|it| !it.is_ascii_alphabetic() && it.is_ascii_punctuation() | it.is_ascii_digit())
            && rest.len() < 20
}

/// The name itself, or a name like it: `password: password`, `token: "auth_token"`, `"newPassword"`.
fn is_akin(pair: &Pair<'_>, value: &str) -> bool {
    let is_name = value.bytes().all(|it| it.is_ascii_alphanumeric() || b"_-.:*?#+/|@&!=".contains(&it));
    if !is_name {
        return false;
    }
    let words = name::split(value);
    let is_noun = |word: &String| {
        let is_other =
            matches!(word.as_str(), "token" | "secret" | "key" | "auth" | "credential" | "passphrase" | "pass");
        is_other || word == "authorization" || has(PASSWORDS, word)
    };
    let named = 1 < words.len() && words.last().is_some_and(is_noun);
    if named && value.contains('_') && !value.bytes().any(|it| it.is_ascii_lowercase()) {
        return true;
    }
    let key = name::split(&pair.key);
    if words.len() == 1 && words != key || letters::look(value) == Look::Generated {
        return false;
    }
    // A single digit numbers a name; more of them make a password of it.
    let has_digits = words.iter().any(|word| 1 < word.len() && word.bytes().all(|it| it.is_ascii_digit()));
    // In code the text names something; settings that say `my-secret` may mean it.
    words == key && pair.syntax == Syntax::Code
        || pair.syntax == Syntax::Code && !has_digits && words.iter().any(is_noun)
        || 1 < words.len() && !has_digits && words == key
        || pair.syntax == Syntax::Shell && value.starts_with('+') && named
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checks::secrets::value::tests::pair;

    #[test]
    fn references_are_told_from_literals() {
        for value in [
            "${DB_PASSWORD}",
            "$DB_PASSWORD",
            "%DB_PASSWORD%",
            "{{ vault_password }}",
            "<%= password %>",
            "#{password}",
            "%(password)s",
            "%s",
            "{0}",
            "{password}",
            "os.environ['X']",
            "process.env.X",
            "get_secret('x')",
            "op://vault/item",
            "vault:secret/data/x#y",
            "ref+awsssm://x",
            "!vault",
            "arn:aws:secretsmanager:eu-west-1:123456789012:secret:x",
            "projects/1/secrets/x",
            "ENC[AES256_GCM,data:x]",
            "ENC(abcdef)",
            "{cipher}abcdef",
            "{jSMOWnoPFgsHVpMvz5VrIt5kRbzGpI8u}",
            "config.password",
            "string",
            "SecretStr",
            "null",
            "None",
            "undefined",
            "password",
            "newPassword",
            "user.password",
            "<password>",
            "/run/secrets/db",
            "./key.pem",
            "file:///etc/x",
            "/etc/ssh/ssh_host_rsa_key",
            "required|confirmed",
            "strlen(password",
            "KRB5_PASSWORD",
            "@VMWARE_PASSWORD",
            "https://example.org/x",
            "$password",
            "$this->password",
            "Settings::PASSWORD",
            "getPassword()",
            "self.password",
            "1.2.3",
            "2024-01-01",
            "#ff00ff",
            "sha256:abc",
            "application/json",
            "__PASSWORD__",
            "@PASSWORD@",
            "form.password.label",
            "ACCESS_TOKEN",
            "%env(APP_SECRET)%",
            "********",
            "...",
        ] {
            assert!(is_reference(&pair("app.py", "password", value), value), "{value}");
        }
        for value in
            ["hunter2x", "Summer2024!", "pa$$w0rd1x", "s3cr3t.P4ss", "correcthorse", "a7c(d3f", "x7#kQ{2", "swordfish"]
        {
            assert!(!is_reference(&pair("app.py", "password", value), value), "{value}");
        }
    }
}
