//! Small formats of their own: keys of Subversion, passwords inside of OpenVPN's files.

use super::words::words;
use super::{File, Want, Writing};
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

/// `open -u user,password host` of lftp.
pub(super) fn lftp(file: &mut File<'_>) {
    for line in file.lines() {
        let words = words(file.at(&line));
        let at = |number: usize| words.get(number).map(|it| line.start + it.start..line.start + it.end);
        let option = (0..words.len()).find(|it| {
            at(*it).is_some_and(|word| matches!(file.at(&word), b"-u" | b"--user") && !file.at(&line).starts_with(b"#"))
        });
        let Some(login) = option.and_then(|it| at(it + 1)).map(|it| file.unquoted(it)) else { continue };
        if let Some(comma) = file.at(&login).iter().position(|it| *it == b',') {
            file.take(Want::plain(&placed::PASSWORD), login.start + comma + 1..login.end);
        }
    }
}

/// The bookmarks of ncftp: fields with commas between them, of which the password is marked.
pub(super) fn ncftp(file: &mut File<'_>) {
    const MARK: &[u8] = b"*encoded*";
    for line in file.lines() {
        let mut start = line.start;
        for field in file.at(&line).split(|it| *it == b',') {
            if field.starts_with(MARK) {
                let want = Want { kind: &placed::PASSWORD, writing: Writing::Base64 };
                file.take(want, start + MARK.len()..start + field.len());
            }
            start += field.len() + 1;
        }
    }
}

/// `BUNDLE_GEMS__HOST__COM: "user:password"` of Bundler, whose keys are the hosts.
pub(super) fn bundle(file: &mut File<'_>) {
    for line in file.lines() {
        let text = file.at(&line);
        let Some(sign) = text.windows(2).position(|it| it == b": ") else { continue };
        let key = text.get(..sign).unwrap_or_default();
        let is_host = key.starts_with(b"BUNDLE_")
            && key.windows(2).any(|it| it == b"__")
            && !["BUNDLE_BUILD__", "BUNDLE_MIRROR__", "BUNDLE_LOCAL__"].iter().any(|it| key.starts_with(it.as_bytes()));
        let value = file.unquoted(line.start + sign + 2..line.end);
        let login = file.at(&value);
        let Some(colon) = login.iter().position(|it| *it == b':') else { continue };
        if is_host && login.iter().all(u8::is_ascii_graphic) && !login.windows(3).any(|it| it == b"://") {
            file.take(Want::plain(&placed::REGISTRY_LOGIN), value.start + colon + 1..value.end);
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
