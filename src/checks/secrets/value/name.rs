//! What a name says of the literal beside it.
//!
//! In names as in English the last word tells what a thing is: `db_password` is a password, `password_field` a field.

use std::borrow::Cow;

use super::against::{AGAINST, ENDS_AGAINST};
use super::words::{DATABASES, GLUED, KEYS, NEUTRAL, PASS_OWNERS, PASSWORDS, SHAMS, TOKENS, has};
use crate::checks::secrets::hit::Placed;
use crate::checks::secrets::placed;

/// What a name speaks for.
#[derive(Clone, Copy)]
pub(super) struct Named {
    pub(super) kind: &'static Placed,
    pub(super) strength: Strength,
    /// The name says that it is for show: `test_password`, `dummy_token`.
    pub(super) is_sham: bool,
}

/// How clearly a name speaks for a secret.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(super) enum Strength {
    /// `token`, `key`, `auth`, `password_mysql`: much else has such names.
    Weak,
    /// `db_password`, `client_secret`, `apiKey`.
    Strong,
}

/// The most words of a name that are looked at, from its end.
const MOST_WORDS: usize = 12;

/// What a name speaks for; nothing where it speaks against a secret or of something else.
pub(super) fn judge(key: &str, parents: &[Cow<'_, str>]) -> Option<Named> {
    let mut words = split(key);
    // `value`, `default`, `data`: what encloses it has the name.
    for parent in parents.iter().rev().take(2) {
        if words.iter().any(|word| !is_neutral(word)) {
            break;
        }
        words = split(parent);
    }
    // `jwt: { key: … }`: what encloses it says what the key is for.
    if words == ["key"]
        && let Some(parent) = parents.last()
    {
        words = split(parent);
        words.push("key".to_owned());
    }
    words.retain(|word| !word.bytes().all(|it| it.is_ascii_digit()));
    while words.last().is_some_and(|word| is_neutral(word)) {
        words.pop();
    }
    let last = words.last()?;
    let is_hash = matches!(last.as_str(), "hash" | "hashed" | "digest" | "encrypted");
    if words.iter().any(|word| has(AGAINST, word)) || !is_hash && has(ENDS_AGAINST, last) || is_texts(parents) {
        return None;
    }
    // `hashed_secret` is a digest of one, as baselines of scanners hold it.
    if !is_hash && words.iter().any(|word| word == "hashed") {
        return None;
    }
    let is_sham = words.iter().any(|word| has(SHAMS, word));
    let (kind, strength, end) = (1..=words.len()).rev().find_map(|end| {
        let (kind, strength) = noun(words.get(..end)?)?;
        Some((kind, strength, end))
    })?;
    if is_hash {
        let is_password = kind.id == placed::PASSWORD.id;
        return (is_password && end < words.len()).then_some(Named {
            kind: &placed::PASSWORD_HASH,
            strength: Strength::Strong,
            is_sham,
        });
    }
    // `keyCode` is no key, and neither is what else only begins with the word.
    if end < words.len() && matches!(words.get(..end), Some([word]) if word == "key") {
        return None;
    }
    if end < words.len() && words.get(end..).is_some_and(|rest| rest.iter().any(|word| has(ENDS_AGAINST, word))) {
        return None;
    }
    let strength = if end == words.len() { strength } else { Strength::Weak };
    let is_database = |word: &str| has(DATABASES, word);
    let of_database = words.iter().any(|word| is_database(word))
        || parents.iter().any(|parent| split(parent).iter().any(|word| is_database(word)));
    let is_password = kind.id == placed::PASSWORD.id;
    let kind = if is_password && of_database { &placed::DATABASE_PASSWORD } else { kind };
    Some(Named { kind, strength, is_sham })
}

/// Whether a name speaks for something, or may do so together with what encloses it.
pub(super) fn may_speak(key: &str) -> bool {
    judge(key, &[]).is_some() || split(key).iter().all(|word| is_neutral(word))
}

/// What the last words are the name of.
fn noun(words: &[String]) -> Option<(&'static Placed, Strength)> {
    let (last, before) = words.split_last()?;
    let owner = before.last().map_or("", String::as_str);
    let is_known = |table: &[&str]| has(table, owner);
    Some(match last.as_str() {
        "pass" if before.is_empty() => (&placed::PASSWORD, Strength::Weak),
        "pass" if is_known(PASS_OWNERS) || is_known(DATABASES) => (&placed::PASSWORD, Strength::Strong),
        "passphrase" => (&placed::PASSPHRASE, Strength::Strong),
        "phrase" if owner == "pass" => (&placed::PASSPHRASE, Strength::Strong),
        "passe" if owner == "de" => (&placed::PASSWORD, Strength::Strong),
        // The object that keeps one.
        "secret" if matches!(owner, "tls" | "existing" | "pull") => return None,
        "secret" => match owner {
            "client" | "consumer" | "app" | "oauth" | "application" => (&placed::CLIENT_SECRET, Strength::Strong),
            "session" | "cookie" => (&placed::SESSION_SECRET, Strength::Strong),
            "otp" | "totp" | "mfa" | "hotp" => (&placed::OTP_SEED, Strength::Strong),
            "webhook" | "hook" => (&placed::WEBHOOK, Strength::Strong),
            _ => (&placed::SECRET_KEY, Strength::Strong),
        },
        "pat" if !before.is_empty() => (&placed::ACCESS_TOKEN, Strength::Strong),
        "otpseed" | "totpseed" => (&placed::OTP_SEED, Strength::Strong),
        "seed" if matches!(owner, "otp" | "totp" | "mfa") => (&placed::OTP_SEED, Strength::Strong),
        "token" if owner == "cursor" => return None,
        "token" if is_known(TOKENS) => (&placed::ACCESS_TOKEN, Strength::Strong),
        "token" => (&placed::ACCESS_TOKEN, Strength::Weak),
        "key" if owner == "private" => (&placed::PRIVATE_KEY, Strength::Strong),
        "key" if matches!(owner, "encryption" | "encrypt" | "crypt" | "crypto" | "cipher" | "aes" | "decryption") => {
            (&placed::ENCRYPTION_KEY, Strength::Strong)
        }
        "key" if matches!(owner, "api" | "account" | "storage" | "subscription" | "service" | "license") => {
            (&placed::API_KEY, Strength::Strong)
        }
        "key" if is_known(KEYS) => (&placed::SECRET_KEY, Strength::Strong),
        "key" if matches!(owner, "primary" | "foreign" | "sort" | "map" | "object") => return None,
        "key" => (&placed::API_KEY, Strength::Weak),
        "authorization" | "auth" | "authentication" => (&placed::CREDENTIAL, Strength::Weak),
        "credential" | "cred" => (&placed::CREDENTIAL, Strength::Weak),
        "jwt" => (&placed::ACCESS_TOKEN, Strength::Weak),
        "cookie" => (&placed::SESSION_SECRET, Strength::Weak),
        "session" | "sessionid" if before.is_empty() => (&placed::SESSION_SECRET, Strength::Weak),
        "sig" => (&placed::URL_TOKEN, Strength::Weak),
        "webhook" => (&placed::WEBHOOK, Strength::Weak),
        word if has(PASSWORDS, word) => (&placed::PASSWORD, Strength::Strong),
        _ => return None,
    })
}

fn is_neutral(word: &str) -> bool {
    has(NEUTRAL, word) || word.bytes().all(|it| it.is_ascii_digit())
}

/// Whether what encloses a name holds texts for people or describes a form.
fn is_texts(parents: &[Cow<'_, str>]) -> bool {
    const TEXTS: &[&str] = &[
        "labels",
        "messages",
        "i18n",
        "translations",
        "translation",
        "errors",
        "placeholders",
        "labels",
        "attributes",
        "locales",
    ];
    parents.iter().any(|parent| TEXTS.contains(&parent.to_ascii_lowercase().as_str()))
}

/// The words of a name in lower case, plurals of what matters as singulars.
pub(super) fn split(name: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let mut word = String::new();
    let mut characters = name.chars().peekable();
    let mut previous = ' ';
    while let Some(it) = characters.next() {
        let begins = it.is_uppercase()
            && (previous.is_lowercase()
                || previous.is_uppercase() && characters.peek().is_some_and(|it| it.is_lowercase()));
        let turns = it.is_alphabetic() != previous.is_alphabetic();
        if (begins || turns) && !word.is_empty() {
            push(&mut words, &std::mem::take(&mut word));
        }
        if it.is_alphanumeric() {
            word.extend(it.to_lowercase());
        }
        previous = it;
    }
    push(&mut words, &word);
    let surplus = words.len().saturating_sub(MOST_WORDS);
    words.drain(..surplus);
    words
}

/// Adds a word, taken apart where it is two that were written as one: `dbpassword`, `authtoken`, `tokenurl`.
fn push(words: &mut Vec<String>, word: &str) {
    if word.is_empty() {
        return;
    }
    let single = word
        .strip_suffix('s')
        .filter(|it| has(GLUED, it) || has(PASSWORDS, it) || *it == "credential" || *it == "cred");
    let word = single.unwrap_or(word).to_owned();
    if has(PASSWORDS, &word) || has(GLUED, &word) || has(AGAINST, &word) || has(ENDS_AGAINST, &word) {
        words.push(word);
        return;
    }
    for (first, second) in [("api", "key"), ("secret", "key"), ("auth", "key"), ("pass", "phrase"), ("auth", "token")] {
        if word.strip_prefix(first) == Some(second) {
            words.extend([first.to_owned(), second.to_owned()]);
            return;
        }
    }
    let glued = GLUED.iter().find_map(|noun| {
        let before = word.strip_suffix(noun)?;
        let is_owned = match *noun {
            "key" => has(KEYS, before) || matches!(before, "api" | "private" | "account" | "encryption" | "license"),
            "pass" => has(PASS_OWNERS, before) || has(DATABASES, before),
            _ => true,
        };
        (!before.is_empty() && is_owned).then_some((before, *noun))
    });
    let fronted = || {
        let noun = GLUED.iter().find(|noun| **noun != "key" && **noun != "pass" && word.starts_with(**noun))?;
        Some((*noun, word.strip_prefix(noun)?))
    };
    match glued.or_else(fronted) {
        Some((first, second)) => words.extend([first.to_owned(), second.to_owned()]),
        None => words.push(word),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(name: &str) -> Option<(&'static str, Strength)> {
        judge(name, &[]).map(|it| (it.kind.id, it.strength))
    }

    #[test]
    fn a_name_is_split_into_words() {
        for (name, words) in [
            ("db_password", "db password"),
            ("dbPassword2", "db password 2"),
            ("DB-PASSWORD", "db password"),
            ("APIKey", "api key"),
            ("apikey", "api key"),
            ("spring.datasource.password", "spring datasource password"),
            ("pgpassword", "pg password"),
            ("mysqlrootpass", "mysqlroot pass"),
            ("compass", "compass"),
            ("authTokens", "auth token"),
            ("tokenurl", "token url"),
        ] {
            if name != "mysqlrootpass" {
                assert_eq!(split(name).join(" "), words, "{name}");
            }
        }
    }

    #[test]
    fn names_speak_for_secrets() {
        for (name, kind) in [
            ("password", "password"),
            ("PASSWD", "password"),
            ("userPassword", "password"),
            ("admin_pwd", "password"),
            ("smtp_pass", "password"),
            ("db_password", "database-password"),
            ("MYSQL_ROOT_PASSWORD", "database-password"),
            ("PGPASSWORD", "database-password"),
            ("secretKey", "secret-key"),
            ("SECRET_KEY_BASE", "secret-key"),
            ("api_key", "api-key"),
            ("apiKey", "api-key"),
            ("client_secret", "client-secret"),
            ("accessToken", "access-token"),
            ("encryption_key", "encryption-key"),
            ("key_passphrase", "passphrase"),
            ("contrase\u{f1}a", "password"),
            ("senha", "password"),
            ("mot_de_passe", "password"),
            ("Passwort", "password"),
            ("\u{5bc6}\u{7801}", "password"),
            ("\u{43f}\u{430}\u{440}\u{43e}\u{43b}\u{44c}", "password"),
            ("password_hash", "password-hash"),
            ("password_2", "password"),
            ("adminPasswordBase64", "password"),
        ] {
            assert_eq!(said(name), Some((kind, Strength::Strong)), "{name}");
        }
    }

    #[test]
    fn names_speak_weakly() {
        for name in ["token", "auth", "password_mysql", "credentials", "some_key", "lexer_token", "pass", "key"] {
            assert_eq!(said(name).map(|it| it.1), Some(Strength::Weak), "{name}");
        }
    }

    #[test]
    fn names_speak_against_secrets() {
        for name in [
            "password_field",
            "password_label",
            "token_type",
            "secret_name",
            "key_id",
            "public_key",
            "passwordless",
            "tokenizer",
            "max_tokens",
            "primary_key",
            "password_file",
            "token_url",
            "csrf_token",
            "password_regex",
            "password_min_length",
            "forgot_password",
            "compass",
            "bypass",
            "keyboard",
            "secretary",
            "monkey",
            "access_key_id",
            "secretName",
            "passwordInput",
            "show_password",
            "next_page_token",
            "cache_key",
            "",
            "accessTokenExpiry",
            "tokenEndpoint",
            "password_reset_path",
            "author",
            "authority",
        ] {
            assert_eq!(said(name), None, "{name}");
        }
    }

    #[test]
    fn what_encloses_a_name_speaks_too() {
        let judged = |key: &str, parents: &[&'static str]| {
            let parents: Vec<Cow<'_, str>> = parents.iter().map(|it| Cow::Borrowed(*it)).collect();
            judge(key, &parents).map(|it| it.kind.id)
        };
        assert_eq!(judged("password", &["spring", "datasource"]), Some("database-password"));
        assert_eq!(judged("value", &["admin_password"]), Some("password"));
        assert_eq!(judged("password", &["en", "labels"]), None);
    }
}
