//! Files of fields: one entry a line.

use std::ops::Range;

use super::{File, Want, Writing};
use crate::checks::secrets::placed;

/// `host:port:database:user:password`, with `\:` for a colon.
pub(super) fn pgpass(file: &mut File<'_>) {
    for line in file.lines() {
        let fields = fields(file, &line);
        if let [_, _, _, _, password] = fields.as_slice()
            && !file.at(&line).starts_with(b"#")
        {
            file.take(Want::plain(&placed::PASSWORD), password.start..line.end);
        }
    }
}

/// `user:hash`, and what else follows: `passwd`, `shadow`, `.htpasswd`.
pub(super) fn hashes(file: &mut File<'_>) {
    for line in file.lines() {
        let fields = fields(file, &line);
        let [user, hash, ..] = fields.as_slice() else { continue };
        if !user.is_empty() && !file.at(&line).starts_with(b"#") {
            file.take(Want { kind: &placed::PASSWORD_HASH, writing: Writing::Hash }, hash.clone());
        }
    }
}

/// `key:secret` or `bucket:key:secret`.
pub(super) fn last_field(file: &mut File<'_>) {
    for line in file.lines() {
        if let [_, .., last] = fields(file, &line).as_slice()
            && !file.at(&line).starts_with(b"#")
        {
            file.take(Want::plain(&placed::PASSWORD), last.clone());
        }
    }
}

/// `client server secret addresses`.
pub(super) fn third_word(file: &mut File<'_>) {
    for line in file.lines() {
        if let [client, _, secret, ..] = super::words::words(file.at(&line)).as_slice()
            && file.text.get(line.start + client.start) != Some(&b'#')
        {
            file.take(Want::plain(&placed::PASSWORD), line.start + secret.start..line.start + secret.end);
        }
    }
}

/// `peer key`.
pub(super) fn last_word(file: &mut File<'_>) {
    for line in file.lines() {
        if let [peer, key] = super::words::words(file.at(&line)).as_slice()
            && file.text.get(line.start + peer.start) != Some(&b'#')
        {
            file.take(Want::plain(&placed::NETWORK_KEY), line.start + key.start..line.start + key.end);
        }
    }
}

/// `host user:password`.
pub(super) fn login_behind(file: &mut File<'_>) {
    for line in file.lines() {
        if let [host, login] = super::words::words(file.at(&line)).as_slice()
            && file.text.get(line.start + host.start) != Some(&b'#')
            && let Some(colon) =
                file.at(&(line.start + login.start..line.start + login.end)).iter().position(|it| *it == b':')
        {
            file.take(Want::plain(&placed::PASSWORD), line.start + login.start + colon + 1..line.start + login.end);
        }
    }
}

/// An address a line.
pub(super) fn addresses(file: &mut File<'_>) {
    for line in file.lines() {
        file.take(Want { kind: &placed::PASSWORD, writing: Writing::Address }, line);
    }
}

fn fields(file: &File<'_>, line: &Range<usize>) -> Vec<Range<usize>> {
    let text = file.at(line);
    let mut found = Vec::new();
    let mut start = 0;
    for (at, byte) in text.iter().enumerate() {
        let is_escaped = at.checked_sub(1).and_then(|it| text.get(it)) == Some(&b'\\');
        if *byte == b':' && !is_escaped {
            found.push(line.start + start..line.start + at);
            start = at + 1;
        }
    }
    found.push(line.start + start..line.end);
    found
}
