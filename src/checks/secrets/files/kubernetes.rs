//! Manifests of Kubernetes: the values of a Secret, in base 64 (`data`) or as they are (`stringData`).

use std::ops::Range;

use memchr::memmem;

use super::literal::doubt;
use super::name::Name;
use super::{File, Want, Writing, json, yaml};
use crate::checks::secrets::{placed, value};

/// One document of a manifest.
#[derive(Default)]
struct Document {
    is_secret: bool,
    values: Vec<(Writing, String, Range<usize>)>,
}

/// Takes the values of each Secret of a manifest.
pub(super) fn read(name: &Name<'_>, file: &mut File<'_>) {
    if name.ends_with(".json") {
        return json(file);
    }
    if ![".yaml", ".yml", ".yaml.j2", ".tpl"].iter().any(|end| name.ends_with(end)) {
        return;
    }
    if kind_of_secret(file.text, 0..file.text.len()).is_none() {
        return;
    }
    let mut documents = vec![Document::default()];
    yaml::each(file, &mut |keys, range| {
        let Some(document) = documents.last_mut() else { return };
        match keys.strip_prefix(&["items"]).unwrap_or(keys) {
            [] => documents.push(Document::default()),
            ["kind"] => document.is_secret |= file.at(&range) == b"Secret",
            ["data", key] => document.values.push((Writing::Base64, (*key).to_owned(), range)),
            ["stringdata", key] => document.values.push((Writing::Plain, (*key).to_owned(), range)),
            _ => {}
        }
    });
    for document in documents.into_iter().filter(|it| it.is_secret) {
        take(file, document.values);
    }
}

/// The same in JSON. Where other objects stand beside a Secret, the `data` of all of them is left alone.
fn json(file: &mut File<'_>) {
    let has = |word: &[u8]| memmem::find(file.text, word).is_some();
    if !has(b"\"Secret\"") || !has(b"\"kind\"") {
        return;
    }
    let mut is_secret = false;
    let mut has_others = false;
    let mut values = Vec::new();
    json::each(file.text, &mut |keys, range| {
        let keys: Vec<&str> = keys.iter().map(String::as_str).filter(|it| !it.is_empty() && *it != "items").collect();
        match keys.as_slice() {
            ["kind"] => match file.at(&range) {
                b"Secret" => is_secret = true,
                b"List" => {}
                _ => has_others = true,
            },
            ["data", key] => values.push((Writing::Base64, (*key).to_owned(), range)),
            ["stringdata", key] => values.push((Writing::Plain, (*key).to_owned(), range)),
            _ => {}
        }
    });
    if is_secret && !has_others {
        take(file, values);
    }
}

fn take(file: &mut File<'_>, values: Vec<(Writing, String, Range<usize>)>) {
    for (writing, key, range) in values {
        // What stands in a text of several lines is read where it stands.
        let is_block = writing == Writing::Plain && file.at(&range).contains(&b'\n');
        if !is_block && is_telling(&key) && !is_open(file.at(&range)) {
            let want = Want { kind: &placed::KUBERNETES_SECRET, writing };
            file.take_graded(want, range, &|text| value::entry(&key, text.trim()));
        }
    }
}

/// The line of a part that says that a document is a Secret.
pub(super) fn kind_of_secret(text: &[u8], part: Range<usize>) -> Option<Range<usize>> {
    let bytes = text.get(part.clone())?;
    kind_in_yaml(text, part.clone()).or_else(|| kind_in_json(bytes, part.start))
}

/// `"kind": "Secret"`.
fn kind_in_json(bytes: &[u8], from: usize) -> Option<Range<usize>> {
    const SECRET: &[u8] = b"\"Secret\"";
    memmem::find_iter(bytes, SECRET).find_map(|at| {
        let before = bytes.get(at.saturating_sub(32)..at)?.trim_ascii_end().strip_suffix(b":")?;
        before.trim_ascii_end().ends_with(b"\"kind\"").then(|| from + at..from + at + SECRET.len())
    })
}

fn kind_in_yaml(text: &[u8], part: Range<usize>) -> Option<Range<usize>> {
    let bytes = text.get(part.clone())?;
    let mut starts = memmem::find_iter(bytes, b"kind:").map(|at| part.start + at);
    // In a list it is further in.
    let is_start = |start: &usize| {
        let before = text.get(..*start).unwrap_or_default();
        let margin = before.iter().rev().take_while(|it| matches!(it, b' ' | b'\t' | b'-')).count();
        before.len() == margin || before.get(before.len() - margin - 1) == Some(&b'\n')
    };
    starts.find_map(|start| {
        let rest = text.get(start + b"kind:".len()..).filter(|_| is_start(&start))?;
        let line = rest.split(|it| *it == b'\n').next()?;
        (line.trim_ascii() == b"Secret").then(|| start..start + b"kind:".len() + line.len())
    })
}

/// Whether an entry of this name can be a secret: a user, an address or a certificate is none.
fn is_telling(key: &str) -> bool {
    const OPEN: [&str; 22] = [
        "user",
        "username",
        "name",
        "host",
        "hostname",
        "port",
        "url",
        "uri",
        "endpoint",
        "region",
        "namespace",
        "bucket",
        "database",
        "dbname",
        "db",
        "email",
        "type",
        "server",
        "ca.crt",
        "tls.crt",
        "id",
        "address",
    ];
    let last = key.rsplit(['_', '-', '.']).next().unwrap_or(key);
    let is_user = key.contains("username") || key.ends_with("accountname");
    !is_user && !OPEN.contains(&key) && !OPEN.contains(&last) && !["crt", "pub", "pem", "cer"].contains(&last)
}

/// Whether a value is a switch or a number.
fn is_open(value: &[u8]) -> bool {
    let value = value.trim_ascii();
    value.len() < 4
        || value.iter().all(|it| it.is_ascii_digit() && value.len() < 6)
        || doubt(value).is_some() && value.len() < 6
}
