//! Binary files that hold keys or passwords, told by how they begin.

use super::name::Name;
use crate::checks::secrets::hit::Placed;
use crate::checks::secrets::placed;
use crate::checks::secrets::proof::der::{self, Der};
use crate::checks::secrets::proof::openpgp;
use crate::model::RepoPath;

/// Stores that their first bytes alone do not tell.
struct Named {
    names: &'static [&'static str],
    begins: Begins,
    placed: &'static Placed,
}

/// How a store begins that its name tells as well.
enum Begins {
    /// With one of these.
    With(&'static [&'static [u8]]),
    /// With anything, as long as not all of it is ASCII.
    WithAnything,
}

const NAMED: [Named; 4] = [
    // Bouncy Castle.
    Named {
        names: &["*.bks", "*.uber"],
        begins: Begins::With(&[&[0, 0, 0, 1], &[0, 0, 0, 2]]),
        placed: &placed::KEY_STORE,
    },
    // Kerberos.
    Named { names: &["*.keytab", "krb5cc*"], begins: Begins::With(&[&[5, 1], &[5, 2]]), placed: &placed::KEY_FILE },
    Named {
        names: &["key4.db", "login data", "signons.sqlite", "gcloud/credentials.db", "gcloud/access_tokens.db"],
        begins: Begins::With(&[b"SQLite "]),
        placed: &placed::KEY_STORE,
    },
    // Berkeley DB of Firefox and of Bitcoin, wallets of Oracle, keys of Jenkins.
    Named {
        names: &[
            "key3.db",
            "wallet.dat",
            "cwallet.sso",
            "ewallet.p12",
            "hudson.util.secret",
            "credentials-config.json",
        ],
        begins: Begins::WithAnything,
        placed: &placed::KEY_STORE,
    },
];

/// Names of stores that their first bytes alone do not tell.
pub(super) fn names() -> impl Iterator<Item = &'static str> {
    NAMED.iter().flat_map(|it| it.names).copied()
}

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
    let begins = |begins: &Begins| match begins {
        Begins::With(all) => all.iter().any(|it| bytes.starts_with(it)),
        Begins::WithAnything => !bytes.is_ascii(),
    };
    if let Some(store) = NAMED.iter().find(|it| is(it.names) && begins(&it.begins)) {
        return Some(store.placed);
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
    // 1.2.840.113549.1.7.6: encrypted content. A store of certificates has one, the second one holds keys.
    let encrypted = [0x06, 0x09, 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x07, 0x06];
    is_store
        && (bytes.windows(13).any(|it| it.starts_with(&bag) && matches!(it.last(), Some(1 | 2)))
            || 1 < bytes.windows(encrypted.len()).filter(|it| *it == encrypted).count())
}

/// Whether GnuPG keeps a secret key in it: a ring of packets, or an expression of `private-keys-v1.d`.
fn gnupg_holds_key(bytes: &[u8]) -> bool {
    let is_expression = bytes.starts_with(b"(11:private-key(") || bytes.starts_with(b"(21:protected-private-key(");
    let is_packet =
        matches!(bytes, [0x94 | 0x95 | 0xC5, _, 4..=6, ..] | [0x95, _, _, 4..=6, ..] | [0xC5, _, _, 4..=6, ..]);
    is_expression || is_packet && openpgp::secret_key(bytes).is_some_and(|it| it != openpgp::Protection::Stub)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checks::secrets::proof::der::made;

    fn told(path: &str, bytes: &[u8]) -> Option<&'static str> {
        stores(&RepoPath::new(path), bytes).map(|it| it.id)
    }

    /// A key store of Java with one entry of this kind behind one certificate.
    fn java(kind: u8) -> Vec<u8> {
        let head = [0xFE, 0xED, 0xFE, 0xED, 0, 0, 0, 2, 0, 0, 0, 2];
        let name = [0, 2, b'm', b'e', 0, 0, 0, 0, 0, 0, 0, 0];
        let certificate = [0, 5, b'X', b'.', b'5', b'0', b'9', 0, 0, 0, 3, 1, 2, 3];
        [head.as_slice(), &[0, 0, 0, 2], &name, &certificate, &[0, 0, 0, kind], &name, &[0; 9]].concat()
    }

    /// A PKCS #12 store with a bag of this kind.
    fn pkcs12(kind: u8) -> Vec<u8> {
        let bag = [0x06, 0x0B, 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x0C, 0x0A, 0x01, kind, 0xA0];
        made::item(
            0x30,
            &[&[2, 1, 3], made::item(0x30, &[&bag, made::noise(90, 1).as_slice()].concat()).as_slice()].concat(),
        )
    }

    /// A PKCS #12 store whose contents are encrypted as a whole.
    fn sealed(contents: usize) -> Vec<u8> {
        let content = [0x06, 0x09, 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x07, 0x06, 0xA0];
        made::item(
            0x30,
            &[&[2, 1, 3], made::item(0x30, &[content.repeat(contents), made::noise(90, 1)].concat()).as_slice()]
                .concat(),
        )
    }

    #[test]
    fn a_store_is_told_by_how_it_begins_and_by_what_it_holds() {
        let keepass = [0x03, 0xD9, 0xA2, 0x9A, 0x67, 0xFB, 0x4B, 0xB5, 0];
        for (path, bytes, id) in [
            ("release.jks", java(1), Some("key-store")),
            ("truststore.jks", java(2), None),
            ("debug.keystore", java(1), None),
            ("a.p12", pkcs12(2), Some("key-store")),
            ("certificates.p12", pkcs12(3), None),
            ("sealed.p12", sealed(2), Some("key-store")),
            ("sealed-certificates.p12", sealed(1), None),
            ("any.name", keepass.to_vec(), Some("key-store")),
            ("key.der", made::pkcs8(128), Some("key-file")),
            ("key.der", made::encrypted(128), None),
            ("certificate.der", made::item(0x30, &made::item(0x30, &made::noise(90, 3))), None),
            ("profile/key4.db", b"SQLite format 3\0".to_vec(), Some("key-store")),
            ("app.db", b"SQLite format 3\0".to_vec(), None),
            ("http.keytab", vec![5, 2, 0, 0], Some("key-file")),
            ("x.bin", vec![5, 2, 0, 0], None),
            ("private-keys-v1.d/A.key", b"(11:private-key(3:rsa(1:n1:x)))".to_vec(), Some("key-file")),
            ("a.png", b"\x89PNG\r\n".to_vec(), None),
            ("empty", Vec::new(), None),
        ] {
            assert_eq!(told(path, &bytes), id, "{path}");
        }
        for length in 0..60 {
            told("cut.jks", &java(1)[..length]);
            told("cut.p12", &pkcs12(2)[..length]);
        }
    }
}
