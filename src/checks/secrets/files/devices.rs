//! Settings of switches, routers and firewalls: Cisco IOS and alike, Junos.

use super::name::Name;
use super::words::words;
use super::{File, Want, Writing};
use crate::checks::secrets::placed;

/// Bytes of a file by which it is told.
const TASTE: usize = 4 << 10;

/// Takes the passwords of a device's settings.
pub(super) fn read(name: &Name<'_>, file: &mut File<'_>) {
    let ends = [".cfg", ".conf", ".config", ".txt", "-confg", "-config", ".ios", ".junos", ".set"];
    if !ends.iter().any(|end| name.ends_with(end)) {
        return;
    }
    if !is_any(taste(file.text)) {
        return;
    }
    for line in file.lines() {
        let parts = words(file.at(&line));
        let word = |number: usize| {
            parts.get(number).map(|it| file.at(&(line.start + it.start..line.start + it.end))).unwrap_or_default()
        };
        if word(0).starts_with(b"!") || word(0).starts_with(b"#") {
            continue;
        }
        let Some(keyword) = (0..parts.len()).find(|it| is_keyword(word(*it))) else { continue };
        let (digit, at) = match word(keyword + 1) {
            [digit @ b'0'..=b'9'] => (*digit, keyword + 2),
            b"ascii-text" | b"ascii" | b"encrypted" => (b'0', keyword + 2),
            _ => (b'0', keyword + 1),
        };
        let writing = match (digit, word(at)) {
            // AES, with a key that the device keeps.
            (b'6', _) | (_, []) => continue,
            (b'7', _) | (_, [b'"', b'$', b'9', b'$', ..]) => Writing::Obscured,
            (b'0', [b'$' | b'"', ..]) if word(keyword) == b"encrypted-password" => Writing::Hash,
            (b'0', _) => Writing::Plain,
            _ => Writing::Hash,
        };
        let kind = if writing == Writing::Hash { &placed::PASSWORD_HASH } else { &placed::PASSWORD };
        let Some(value) = parts.get(at) else { continue };
        let end = line.start + value.end - usize::from(word(at).ends_with(b";"));
        file.take(Want { kind, writing }, line.start + value.start..end);
    }
}

/// The bytes of a file by which it is told.
pub(super) fn taste(text: &[u8]) -> &[u8] {
    text.get(..text.len().min(TASTE)).unwrap_or_default()
}

/// Whether a file that begins like this has the settings of a device.
pub(super) fn is_any(taste: &[u8]) -> bool {
    let holds = |text: &[u8]| memchr::memmem::find(taste, text).is_some();
    let has_lines = || holds(b"\ninterface ") || holds(b"\nline vty");
    let is_cisco =
        holds(b"\nhostname ") && (holds(b"\nenable ") || has_lines()) || taste.starts_with(b"hostname ") && has_lines();
    let is_junos = || holds(b"encrypted-password \"") || holds(b"\"$9$");
    is_cisco || is_junos()
}

fn is_keyword(word: &[u8]) -> bool {
    const KEYWORDS: [&[u8]; 9] = [
        b"secret",
        b"password",
        b"community",
        b"key-string",
        b"authentication-key",
        b"pre-shared-key",
        b"wpa-psk",
        b"encrypted-password",
        b"shared-secret",
    ];
    KEYWORDS.contains(&word)
}
