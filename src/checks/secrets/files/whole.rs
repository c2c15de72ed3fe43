//! Files that are nothing but a secret.

use std::ops::Range;

use super::{File, Want};
use crate::checks::secrets::hit::Placed;
use crate::checks::secrets::placed;

/// The longest first line that is a password.
const LONGEST: usize = 512;

/// `config/master.key` and `config/credentials/production.key` of Rails: 16 to 64 bytes in hexadecimal digits.
pub(super) fn rails_key(file: &mut File<'_>) {
    let all = file.trimmed(0..file.text.len());
    let text = file.at(&all);
    if matches!(text.len(), 32 | 64 | 128) && text.iter().all(u8::is_ascii_hexdigit) {
        file.take(Want::plain(&placed::RAILS_KEY), all);
    }
}

/// A password in a file of its own, such as `.vault_pass`. A script that prints one is none.
pub(super) fn vault_password(file: &mut File<'_>) {
    only_line(file, &placed::VAULT_PASSWORD);
}

/// A token in a file of its own, such as `.vault-token`.
pub(super) fn token(file: &mut File<'_>) {
    only_line(file, &placed::CONFIGURED_TOKEN);
}

/// The second of two lines, behind the user, as OpenVPN's `auth-user-pass` takes it.
pub(super) fn second_line(file: &mut File<'_>) {
    let all = file.trimmed(0..file.text.len());
    let text = file.at(&all);
    let Some(end) = text.iter().position(|it| *it == b'\n') else { return };
    let second = file.trimmed(all.start + end..all.end);
    let is_word = |range: &Range<usize>| file.at(range).iter().all(u8::is_ascii_graphic);
    if text.len() <= LONGEST && is_word(&second) && is_word(&file.trimmed(all.start..all.start + end)) {
        file.take(Want::plain(&placed::PASSWORD), second);
    }
}

fn only_line(file: &mut File<'_>, kind: &'static Placed) {
    let all = file.trimmed(0..file.text.len());
    let text = file.at(&all);
    if !text.is_empty() && text.len() <= LONGEST && !text.contains(&b'\n') && !text.starts_with(b"#!") {
        file.take(Want::plain(kind), all);
    }
}
