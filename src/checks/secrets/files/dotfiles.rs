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
