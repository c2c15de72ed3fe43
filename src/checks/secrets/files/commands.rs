//! Histories of shells and of database clients: what was typed with a password in it.

use std::ops::Range;

use super::literal::password_of_address;
use super::words::words;
use super::{File, Want, Writing};
use crate::checks::secrets::placed;

/// Lines longer than this were not typed.
const LONGEST_LINE: usize = 4096;

/// Takes the passwords of commands.
pub(super) fn read(file: &mut File<'_>) {
    for line in file.lines() {
        let text = file.at(&line);
        if LONGEST_LINE < text.len() {
            continue;
        }
        let words: Vec<Range<usize>> =
            words(text).into_iter().map(|it| line.start + it.start..line.start + it.end).collect();
        let mut program = "";
        for (number, word) in words.iter().enumerate() {
            let text = std::str::from_utf8(file.at(word)).unwrap_or_default();
            let next = words.get(number + 1).cloned();
            if let Some(known) = PROGRAMS.iter().find(|it| text.rsplit(['/', ';']).next() == Some(**it)) {
                program = known;
            }
            if matches!(text, "|" | "&&" | "||" | ";") {
                program = "";
            }
            // `-u user:password` of curl, `-U user%password` of smbclient, `-u user,password` of lftp.
            let separator = match (program, text) {
                ("curl", "-u" | "--user") => Some(b':'),
                ("smbclient", "-U" | "--user") => Some(b'%'),
                ("lftp", "-u" | "--user") => Some(b','),
                _ => None,
            };
            let found = match (separator, next) {
                (Some(separator), Some(next)) => behind(file, &next, separator),
                (_, next) => password(program, text, word, next),
            };
            if let Some(range) = found {
                file.take(Want::plain(&placed::PASSWORD), range);
            }
        }
        statement(file, line);
    }
}

/// Programs with a way of their own to be given a password.
const PROGRAMS: [&str; 27] = [
    "mysql",
    "mysqldump",
    "mysqladmin",
    "mariadb",
    "mariadb-dump",
    "sshpass",
    "curl",
    "wget",
    "docker",
    "podman",
    "helm",
    "smbclient",
    "redis-cli",
    "sqlcmd",
    "ldapsearch",
    "ldapadd",
    "ldapmodify",
    "mongo",
    "mongosh",
    "mongodump",
    "7z",
    "lftp",
    "openssl",
    "zip",
    "unzip",
    "xfreerdp",
    "sqlplus",
];

/// The password at a word of a command, if it has one.
fn password(program: &str, text: &str, word: &Range<usize>, next: Option<Range<usize>>) -> Option<Range<usize>> {
    let rest = |length: usize| Some(word.start + length..word.end).filter(|it| it.start < it.end);
    let glued = |flag: &str| text.strip_prefix(flag).filter(|it| !it.is_empty()).and_then(|_| rest(flag.len()));
    if let Some((name, value)) = text.split_once('=') {
        let flag = name.trim_start_matches('-').to_ascii_lowercase().replace('-', "_");
        let is_name = flag.bytes().all(|it| it.is_ascii_alphanumeric() || it == b'_');
        if is_name && !value.is_empty() && is_telling(&flag) {
            return rest(name.len() + 1);
        }
    }
    if let Some(flag) = text.strip_prefix("--")
        && is_telling(&flag.to_ascii_lowercase().replace('-', "_"))
    {
        return next;
    }
    if let Some(place) = password_of_address(text.as_bytes()) {
        return Some(word.start + place.start..word.start + place.end);
    }
    match (program, text) {
        ("mysql" | "mysqldump" | "mysqladmin" | "mariadb" | "mariadb-dump" | "7z", _) => glued("-p"),
        ("sshpass", "-p") | ("docker" | "podman" | "helm" | "mongo" | "mongosh" | "mongodump", "-p") => next,
        ("redis-cli", "-a") | ("sqlcmd" | "zip" | "unzip", "-P") | ("ldapsearch" | "ldapadd" | "ldapmodify", "-w") => {
            next
        }
        ("sshpass", _) => glued("-p"),
        ("xfreerdp", _) => glued("/p:"),
        ("openssl", _) => glued("pass:"),
        _ => None,
    }
}

/// What stands behind the separator of a user and a password.
fn behind(file: &File<'_>, range: &Range<usize>, separator: u8) -> Option<Range<usize>> {
    let range = file.unquoted(range.clone());
    let at = file.at(&range).iter().position(|it| *it == separator)?;
    Some(range.start + at + 1..range.end)
}

/// Whether a flag or a variable is one for secrets.
fn is_telling(name: &str) -> bool {
    const ENDS: [&str; 13] = [
        "password",
        "passwd",
        "passphrase",
        "_pass",
        "_pwd",
        "token",
        "secret",
        "api_key",
        "apikey",
        "secret_key",
        "access_key",
        "private_key",
        "auth_key",
    ];
    name == "pass" || ENDS.iter().any(|it| name.ends_with(it))
}

/// The password of a statement: `IDENTIFIED BY '…'`, `PASSWORD '…'`, `PASSWORD('…')`.
fn statement(file: &mut File<'_>, line: Range<usize>) {
    let text = String::from_utf8_lossy(file.at(&line)).to_ascii_lowercase().replace("\\040", "    ");
    if text.len() != line.len() {
        return;
    }
    for word in ["identified by", "password"] {
        for (at, _) in text.match_indices(word) {
            let after = at + word.len();
            let rest = text.get(after..).unwrap_or_default();
            let space = rest.bytes().take_while(|it| matches!(it, b' ' | b'(')).count();
            let inner = rest.get(space..).and_then(|it| it.strip_prefix('\''));
            let length = inner.filter(|_| space > 0).and_then(|it| it.find('\''));
            if let Some(length) = length {
                let start = line.start + after + space + 1;
                let writing = Writing::Plain;
                file.take(Want { kind: &placed::PASSWORD, writing }, start..start + length);
            }
        }
    }
}
