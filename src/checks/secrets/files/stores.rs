//! Binary files that hold keys or passwords, told by how they begin.

use super::name::Name;
use crate::checks::secrets::hit::Placed;
use crate::checks::secrets::placed;
use crate::checks::secrets::proof::der::{self, Der};
use crate::checks::secrets::proof::openpgp;
use crate::model::RepoPath;

/// The most entries of a key store that are looked at.
const MOST_ENTRIES: u32 = 4096;
/// The largest file that is one private key, in bytes.
const LARGEST_KEY: usize = 64 << 10;

/// What a binary file stores, if that is keys or passwords. A store that holds certificates only is none.
pub(in crate::checks::secrets) fn stores(path: &RepoPath, bytes: &[u8]) -> Option<&'static Placed> {
    let path = path.as_str().to_ascii_lowercase();
    let name = Name::new(&path);
    let is = |patterns: &[&str]| patterns.iter().any(|pattern| name.is(pattern));
    // Android's own, with a password that everybody knows.
    if is(&["debug.keystore"]) {
        return None;
    }
    match bytes {
        [0xFE, 0xED, 0xFE, 0xED, rest @ ..] | [0xCE, 0xCE, 0xCE, 0xCE, rest @ ..] => {
            java_holds_key(rest).then_some(&placed::KEY_STORE)
        }
        // KeePass 1 and 2.
        [0x03, 0xD9, 0xA2, 0x9A, 0x65..=0x67, 0xFB, 0x4B, 0xB5, ..] => Some(&placed::KEY_STORE),
        // Password Safe.
        [b'P', b'W', b'S', b'3', ..] => Some(&placed::KEY_STORE),
        // Keychains of macOS.
        [b'k', b'y', b'c', b'h', ..] => Some(&placed::KEY_STORE),
        [0, 0, 0, 1 | 2, ..] if is(&["*.bks", "*.uber"]) => Some(&placed::KEY_STORE),
        // Kerberos.
        [5, 1 | 2, ..] if is(&["*.keytab", "krb5cc*"]) => Some(&placed::KEY_FILE),
        [b'S', b'Q', b'L', b'i', b't', b'e', b' ', ..]
            if is(&[
                "key4.db",
                "login data",
                "signons.sqlite",
                "*/gcloud/credentials.db",
                "*/gcloud/access_tokens.db",
            ]) =>
        {
            Some(&placed::KEY_STORE)
        }
        // Berkeley DB of Firefox and of Bitcoin.
        _ if is(&[
            "key3.db",
            "wallet.dat",
            "cwallet.sso",
            "ewallet.p12",
            "hudson.util.secret",
            "credentials-config.json",
        ]) && !bytes.is_ascii() =>
        {
            Some(&placed::KEY_STORE)
        }
        _ if gnupg_holds_key(bytes) => Some(&placed::KEY_FILE),
        [0x30, ..] if pkcs12_holds_key(bytes) => Some(&placed::KEY_STORE),
        [0x30, ..] if bytes.len() <= LARGEST_KEY => match der::private_key(bytes)? {
            Der::Key => Some(&placed::KEY_FILE),
            Der::Encrypted | Der::CutOff => None,
        },
        _ => None,
    }
}

/// Whether a key store of Java has an entry that is no certificate: behind its mark stand the version, the count, and the
/// entries, each with its kind, its name and its date.
fn java_holds_key(rest: &[u8]) -> bool {
    let Some(([version, count], mut rest)) = word(rest).and_then(|(version, rest)| {
        let (count, rest) = word(rest)?;
        Some(([version, count], rest))
    }) else {
        return false;
    };
    for _ in 0..count.min(MOST_ENTRIES) {
        let Some((kind, after)) = word(rest) else { return false };
        if kind != 2 {
            return matches!(kind, 1 | 3);
        }
        let certificate = || {
            let after = short(after)?.get(8..)?;
            let after = if version == 2 { short(after)? } else { after };
            let (length, after) = word(after)?;
            after.get(usize::try_from(length).ok()?..)
        };
        let Some(after) = certificate() else { return false };
        rest = after;
    }
    false
}

fn word(bytes: &[u8]) -> Option<(u32, &[u8])> {
    let (word, rest) = bytes.split_first_chunk::<4>()?;
    Some((u32::from_be_bytes(*word), rest))
}

/// What stands behind a text with its length in two bytes before it.
fn short(bytes: &[u8]) -> Option<&[u8]> {
    let (length, rest) = bytes.split_first_chunk::<2>()?;
    rest.get(usize::from(u16::from_be_bytes(*length))..)
}

/// Whether a PKCS #12 file has a bag with a key. Only the key in it is encrypted, and not the kind of the bag.
fn pkcs12_holds_key(bytes: &[u8]) -> bool {
    // Version 3, then the content. The length may be left open.
    let is_store = bytes.get(..16).is_some_and(|head| head.windows(4).any(|it| it == [0x02, 0x01, 0x03, 0x30]));
    // 1.2.840.113549.1.12.10.1.1 and .2: a key and an encrypted key.
    let bag = [0x06, 0x0B, 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x0C, 0x0A, 0x01];
    is_store && bytes.windows(13).any(|it| it.starts_with(&bag) && matches!(it.last(), Some(1 | 2)))
}

/// Whether GnuPG keeps a secret key in it: a ring of packets, or an expression of `private-keys-v1.d`.
fn gnupg_holds_key(bytes: &[u8]) -> bool {
    let is_expression = bytes.starts_with(b"(11:private-key(") || bytes.starts_with(b"(21:protected-private-key(");
    let is_packet =
        matches!(bytes, [0x94 | 0x95 | 0xC5, _, 4 | 5 | 6, ..] | [0x95, _, _, 4 | 5 | 6, ..] | [0xC5, _, _, 4..=6, ..]);
    is_expression || is_packet && openpgp::secret_key(bytes).is_some_and(|it| it != openpgp::Protection::Stub)
}
