//! One row a literal: path, name, binding, writing, literal as a recipe, kind and tier.

use crate::checks::secrets::input::Within;
use std::borrow::Cow;

use super::*;
use crate::checks::secrets::pair::Writing;
use crate::formats::sample;
use crate::model::{RepoPath, Span, Timestamp};

/// A pair as it stands in a file of this path.
pub(super) fn pair<'a>(path: &str, key: &'a str, value: &'a str) -> Pair<'a> {
    Pair {
        key: Cow::Borrowed(key),
        parents: Vec::new(),
        value: Cow::Borrowed(value),
        span: Span::new(0, 0),
        binding: Binding::Assignment,
        writing: Writing::Quoted,
        syntax: crate::checks::secrets::context::syntax(path),
    }
}

fn judged(path: &str, pair: &Pair<'_>) -> String {
    let path = RepoPath::new(path);
    let input =
        Input { path: &path, text: b"", within: Within::Fresh(&[]), now: Timestamp(1_767_268_800), watch: None };
    judge(&input, pair).map_or_else(|| "-".to_owned(), |it| format!("{} {}", it.kind.id(), it.tier.as_str()))
}

#[track_caller]
fn assert_rows(rows: &[(&str, &str, &str, &str)]) {
    let mut wrong = String::new();
    for (path, key, recipe, wanted) in rows {
        let value = sample::make(recipe, &|_, _| None).unwrap();
        let found = judged(path, &pair(path, key, &value));
        if found != *wanted {
            wrong.push_str(&format!("{path}: {key} = {value}: {found}, not {wanted}\n"));
        }
    }
    assert!(wrong.is_empty(), "\n{wrong}");
}

#[test]
fn settings() {
    assert_rows(&[
        ("app.yml", "password", "{an:16}", "password likely"),
        ("app.yml", "password", "Summer{digit:0}2024!", "password likely"),
        ("app.yml", "password", "sword{az:0}fish", "password possible"),
        ("app.yml", "password", "changeme", "-"),
        (".env", "ACCESS_KEY", "QUNDRVNTX0tFWQ0K", "-"),
        ("app.yml", "api_key", "A1B2C3D4E5F6G7H8I9J0", "-"),
        ("docs/setup.md", "secret_key", "{hex:40}", "secret-key possible"),
        ("swagger.yml", "password", "conta1n3rize{digit:2}", "password possible"),
        ("app.yml", "password", "password", "-"),
        (".env", "DB_PASSWORD", "password", "database-password possible"),
        (".env", "DB_PASSWORD", "{any:14}", "database-password likely"),
        (".env.example", "DB_PASSWORD", "password", "-"),
        (".env.example", "DB_PASSWORD", "Summer{digit:0}2024!", "database-password possible"),
        (".env", "SECRET_KEY", "{hex:64}", "secret-key likely"),
        (".env", "API_KEY", "{hex:32}", "api-key likely"),
        (".env", "API_KEY", "your_api_key", "-"),
        (".env", "API_KEY", "{hex:12}...", "-"),
        ("values.yaml", "tlsSecret", "app.example-tls", "-"),
        ("values.yaml", "dbSecret", "mysql-credentials", "-"),
        ("app.yml", "password", "$email-password", "-"),
        ("guide.md", "password", "params[:password", "-"),
        ("m/0002_token.py", "authtoken", "0001_initial", "-"),
        (".env", "TOKEN", "{an:32}", "access-token likely"),
        (".env", "TOKEN", "{an:12}", "-"),
        ("app.yml", "sort_key", "{hex:32}", "-"),
        ("app.yml", "password_file", "{an:16}", "-"),
        ("app.properties", "jwt.secret", "{b64:54}==", "secret-key likely"),
        (".env", "EMAIL_PASS", "qkzj vwxt hbnd pfgc", "password likely"),
        (".env", "EMAIL_PASS", "your pass word here", "-"),
        ("Jenkinsfile", "SONAR_PASSWORD", "!!+1{any:12}", "password likely"),
        ("app.yml", "password", "!!binary", "-"),
        ("run.bat", "PWD", "%~dp0", "-"),
        (".gitconfig", "signingkey", "{HEX:16}", "-"),
        ("app.yml", "signing_key", "{HEX:32}", "secret-key likely"),
        ("vars.yml", "secret", "kv') }}", "-"),
        ("README.md", "Password", "<Your0wn>;Encrypt=True;", "-"),
        ("vars.yml", "redis_requirepass", "{an:20}", "database-password likely"),
        ("app.yml", "password", "Keystone_Passw0rd{digit:1}", "password possible"),
        (".github/workflows/ci.yml", "SA_PASSWORD", "Winterhalde{digit:0}78x", "password likely"),
        (".github/workflows/ci.yml", "DB_PASSWORD", "Winterhalde{digit:0}78x", "database-password possible"),
        ("app.yml", "passphrase", "correct horse battery staples", "passphrase possible"),
        ("app.yml", "password", "at least eight characters", "-"),
        ("app.yml", "client_id", "{hex:32}", "-"),
        ("config/locales/de.yml", "password", "Kennung{digit:2}", "-"),
        (".secrets.baseline", "hashed_secret", "{hex:40}", "-"),
        ("app.yml", "password_hash", "$2b$12${an:53}", "password-hash possible"),
        ("app.yml", "secret", "{hex:8}-{hex:4}-{hex:4}-{hex:4}-{hex:12}", "secret-key likely"),
        ("app.yml", "request_token_id", "{hex:8}-{hex:4}-{hex:4}-{hex:4}-{hex:12}", "-"),
    ]);
}

#[test]
fn code() {
    assert_rows(&[
        ("src/app.py", "password", "{any:14}", "password likely"),
        ("src/app.py", "password", "hunter{digit:0}2xyz", "password likely"),
        ("src/app.py", "password", "sword{az:0}fish", "password possible"),
        ("src/app.py", "password", "user.password", "-"),
        ("src/app.py", "password", "Invalid password", "-"),
        ("src/app.py", "password", "getUserPassword", "-"),
        ("tests/test_app.py", "password", "hunter{digit:0}2xyz", "password possible"),
        ("tests/test_app.py", "password", "{any:14}", "password likely"),
        ("tests/test_app.py", "password", "sword{az:0}fish", "-"),
        ("tests/test_app.py", "password", "hunt{digit:0}9r", "password possible"),
        ("tests/test_app.py", "dummy_password", "hunt{digit:0}9r", "-"),
        ("tests/test_app.py", "password", "Password{digit:0}123!", "password possible"),
        ("tests/test_app.py", "password", "password{digit:0}123", "-"),
        ("src/app.py", "password", "admin{digit:0}123", "password possible"),
        ("src/app.py", "password", "admin", "-"),
        ("src/app.py", "password", "123{digit:0}456", "password possible"),
        ("src/app.py", "password", "3208655{digit:0}744", "password possible"),
        ("hardhat.config.js", "PRIVATE_KEY", "0xac0974bec39a{hex:52}", "-"),
        ("src/app.py", "pin_length", "123{digit:0}456", "-"),
        ("src/app.py", "pass", "Winterhalde{digit:0}78x", "password possible"),
        ("src/app.py", "key", "{hex:40}", "api-key possible"),
        ("src/app.py", "keyCode", "{hex:40}", "-"),
        ("src/app.py", "SNOWFLAKE_PAT", "{an:40}", "access-token likely"),
        ("src/app.py", "path_pattern", "{an:40}", "-"),
        ("src/app.py", "OTP_SEED", "{b32:32}", "otp-seed likely"),
        ("src/app.py", "password", "kQ7%s{an:12}", "password likely"),
        ("src/app.py", "password", "user%s", "-"),
        ("src/app.py", "access_token", "{hex:32}.{an:16}", "access-token likely"),
        ("src/app.js", "secret", "keyboard cat", "-"),
        ("src/app.js", "token", "identifier", "-"),
        ("main.ino", "BLYNK_AUTH", "{an:32}", "credential likely"),
        ("main.ino", "basic_auth", "enabled", "-"),
        ("src/app.js", "apiKey", "{an:32}", "api-key likely"),
        ("src/app.js", "apiKey", "X-Api-Key", "-"),
        ("src/app.js", "tokenType", "{an:32}", "-"),
    ]);
}

#[test]
fn places() {
    let rows = [
        (Binding::Userinfo, "https", "{an:16}", "url-password likely"),
        (Binding::Userinfo, "https", "user", "-"),
        (Binding::Basic, "Authorization", "Summer2024!", "basic-credentials likely"),
        (Binding::Header, "Authorization", "{an:40}", "bearer-token likely"),
        (Binding::Header, "X-Request-Id", "{an:40}", "-"),
        (Binding::Query, "token", "{an:40}", "url-token likely"),
        (Binding::Query, "page", "{an:40}", "-"),
        (Binding::ConnectionString, "Password", "Summer2024!", "connection-string-password likely"),
        (Binding::Sql, "IDENTIFIED BY", "Summer2024!", "sql-password likely"),
        (Binding::Flag, "p", "Summer2024!", "command-line-password likely"),
        (Binding::Flag, "password", "Summer2024!", "command-line-password likely"),
    ];
    let mut wrong = String::new();
    for (binding, key, recipe, wanted) in rows {
        let value = sample::make(recipe, &|_, _| None).unwrap();
        let found = judged("deploy.sh", &Pair { binding, ..pair("deploy.sh", key, &value) });
        if found != wanted {
            wrong.push_str(&format!("{binding:?} {key} = {value}: {found}, not {wanted}\n"));
        }
    }
    assert!(wrong.is_empty(), "\n{wrong}");
}

#[test]
fn what_stands_around_a_literal_is_looked_at() {
    let value = sample::make("Summer{digit:0}2024!", &|_, _| None).unwrap();
    for (before, after, binding, wanted) in [
        ("# password = '", "'", Binding::Assignment, "password possible"),
        ("password = '", "'", Binding::Assignment, "password likely"),
        ("#define PASSWORD \"", "\"", Binding::Assignment, "password likely"),
        ("ftp://user:", "@example.org/", Binding::Userinfo, "url-password possible"),
        ("ftp://user:", "@files.acme.io/", Binding::Userinfo, "url-password likely"),
        ("{ user: 'me', pass: '", "' }", Binding::Assignment, "password likely"),
        ("{ pass: '", "' }", Binding::Assignment, "password possible"),
    ] {
        let text = format!("{before}{value}{after}\n");
        let span = Span::new(before.len(), before.len() + value.len());
        let key = if before.contains("pass:") { "pass" } else { "password" };
        assert_eq!(judged_in(&text, &Pair { span, binding, ..pair("app.yml", key, &value) }), wanted, "{text}");
    }
}

#[test]
fn a_password_of_a_service_that_all_can_reach_needs_no_digits() {
    for (host, value, wanted) in [
        ("cluster0.ab12c.mongodb.net", "swordfish", "url-password likely"),
        ("31.220.79.90", "Sw.ordfish", "url-password likely"),
        ("cluster0.ab12c.mongodb.net", "toor", "url-password possible"),
        ("cluster0.ab12c.mongodb.net", "<password>", "-"),
        ("ep-1.eu.aws.neon.tech", "npg_kq7vTz2mWpHx", "url-password likely"),
        ("your-host.mongodb.net", "password", "-"),
        ("db", "swordfish", "url-password possible"),
        ("localhost", "swordfish", "-"),
    ] {
        let text = format!("x = \"mongodb://me:{value}@{host}/x\"\n");
        let start = text.find(value).unwrap();
        let span = Span::new(start, start + value.len());
        let pair = Pair { span, binding: Binding::Userinfo, ..pair("app.yml", "mongodb", value) };
        assert_eq!(judged_in(&text, &pair), wanted, "{text}");
    }
}

/// What a pair is in `app.yml` with this text.
fn judged_in(text: &str, pair: &Pair<'_>) -> String {
    let path = RepoPath::new("app.yml");
    let input = Input {
        path: &path,
        text: text.as_bytes(),
        within: Within::Fresh(&[]),
        now: Timestamp(1_767_268_800),
        watch: None,
    };
    judge(&input, pair).map_or_else(|| "-".to_owned(), |it| format!("{} {}", it.kind.id(), it.tier.as_str()))
}

#[test]
fn an_address_that_was_signed_until_a_day_may_be_over() {
    let value = sample::make("{an:40}", &|_, _| None).unwrap();
    for (before, wanted) in [
        ("https://cdn.acme.io/a.png?e=1500000000&token=", Some("url-token possible")),
        ("https://cdn.acme.io/a.png?e=1900000000&token=", Some("url-token likely")),
        ("https://cdn.acme.io/a.png?token=", Some("url-token likely")),
    ] {
        let text = format!("{before}{value}\n");
        let span = Span::new(before.len(), before.len() + value.len());
        let pair = Pair { span, binding: Binding::Query, ..pair("app.yml", "token", &value) };
        let path = RepoPath::new("app.yml");
        let input = Input {
            path: &path,
            text: text.as_bytes(),
            within: Within::Fresh(&[]),
            now: Timestamp(1_767_268_800),
            watch: None,
        };
        let found = judge(&input, &pair).map(|it| format!("{} {}", it.kind.id(), it.tier.as_str()));
        assert_eq!(found.as_deref(), wanted, "{text}");
    }
}

#[test]
fn an_entry_of_a_store_is_told_by_its_name_and_its_look() {
    for (key, recipe, wanted) in [
        ("password", "Winterhalde{digit:0}78x", Some(Tier::Likely)),
        ("password", "sword{az:0}fish", Some(Tier::Possible)),
        ("anything", "{an:24}", Some(Tier::Likely)),
        ("provider", "postgresql", None),
        ("insecure", "true", None),
        ("mtime", "2019-03-20T17:54:53Z", None),
    ] {
        let value = sample::make(recipe, &|_, _| None).unwrap();
        assert_eq!(entry(key, &value), wanted, "{key}");
    }
}
