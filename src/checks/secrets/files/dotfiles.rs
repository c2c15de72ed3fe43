//! Small formats of their own: keys of Subversion, passwords inside of OpenVPN's files.

use super::{File, Want};
use crate::checks::secrets::placed;

/// `auth/svn.simple/…`: a key (`K 8`, `password`), then its value (`V 9`, `…`).
pub(super) fn subversion(file: &mut File<'_>) {
    let mut before = [0..0, 0..0];
    for line in file.lines() {
        if file.at(&before[0]) == b"password" && file.at(&before[1]).starts_with(b"V ") {
            file.take(Want::plain(&placed::PASSWORD), line.clone());
        }
        let [_, last] = before;
        before = [last, line];
    }
}

/// `user = "name:password"` of curl.
pub(super) fn curl(file: &mut File<'_>) {
    for line in file.lines() {
        let text = file.at(&line);
        let Some(sign) = text.iter().position(|it| matches!(it, b'=' | b':' | b' ')) else { continue };
        let key = text.get(..sign).unwrap_or_default().trim_ascii();
        if !matches!(key, b"user" | b"proxy-user" | b"-u" | b"--user" | b"-U") {
            continue;
        }
        let value = file.trimmed(line.start + sign + 1..line.end);
        let after = file.at(&value).iter().take_while(|it| matches!(it, b'=' | b' ' | b':')).count();
        let value = file.unquoted(value.start + after..value.end);
        if let Some(colon) = file.at(&value).iter().position(|it| *it == b':') {
            file.take(Want::plain(&placed::PASSWORD), value.start + colon + 1..value.end);
        }
    }
}

/// The second line of `<auth-user-pass>`.
pub(super) fn openvpn(file: &mut File<'_>) {
    let mut number = None;
    for line in file.lines() {
        let text = file.at(&line).trim_ascii();
        match (text, number) {
            (b"<auth-user-pass>", _) => number = Some(0),
            (_, Some(0)) => number = Some(1),
            (_, Some(1)) => {
                file.take(Want::plain(&placed::PASSWORD), line);
                number = None;
            }
            _ => {}
        }
    }
}
