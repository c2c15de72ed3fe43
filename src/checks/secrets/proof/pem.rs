//! Private keys between lines of dashes, and those of PuTTY and of .NET.

use super::der::{self, Der};
use super::openpgp::{self, Protection};
use super::{Grade, Proof, base64};
use crate::checks::secrets::tier::Tier;

/// `-----BEGIN … PRIVATE KEY-----`, however its lines are written.
pub(crate) const PEM: Proof = Proof { grade: |secret, _| pem(secret), sum: None };
/// `-----BEGIN PGP PRIVATE KEY BLOCK-----`.
pub(crate) const PGP: Proof = Proof { grade: |secret, _| pgp(secret), sum: None };
/// `---- BEGIN SSH2 ENCRYPTED PRIVATE KEY ----`, which is the label for those without a password, too.
pub(crate) const SSH2: Proof = Proof { grade: |secret, _| ssh2(secret), sum: None };
/// `PuTTY-User-Key-File-2`.
pub(crate) const PUTTY: Proof = Proof { grade: |secret, _| putty(secret), sum: None };
/// A structure in base 64 without a label.
pub(crate) const BARE: Proof =
    Proof { grade: |secret, _| structure(&base64::decode(secret).unwrap_or_default()), sum: None };

/// A body of fewer bytes than this is no whole key of any kind.
const SHORTEST: usize = 40;

fn encrypted() -> Grade {
    Grade::noted(Tier::Possible, "a password encrypts it")
}

fn cut_off() -> Grade {
    Grade::noted(Tier::Possible, "it is cut off or made up")
}

fn altered() -> Grade {
    Grade::noted(Tier::Likely, "its structure does not hold, so that it may have been altered")
}

fn pem(secret: &str) -> Grade {
    let (label, is_encrypted, body) = read(secret);
    if is_encrypted || label.starts_with("ENCRYPTED ") {
        return if body.len() < SHORTEST { cut_off() } else { encrypted() };
    }
    if label.contains("OPENSSH") || body.starts_with(OPENSSH) { openssh(&body) } else { structure(&body) }
}

const OPENSSH: &[u8] = b"openssh-key-v1\0";

fn openssh(body: &[u8]) -> Grade {
    let cipher = body.strip_prefix(OPENSSH).and_then(|rest| {
        let (length, rest) = rest.split_first_chunk::<4>()?;
        rest.get(..usize::try_from(u32::from_be_bytes(*length)).ok()?)
    });
    match cipher {
        // The shortest key, of Ed25519, takes more than this.
        Some(b"none") if 200 <= body.len() => Grade::certain(),
        Some(b"none") => cut_off(),
        Some(_) => encrypted(),
        None => unknown(body),
    }
}

fn structure(body: &[u8]) -> Grade {
    match der::private_key(body) {
        Some(Der::Key) if is_varied(body) => Grade::certain(),
        Some(Der::Encrypted) => encrypted(),
        Some(Der::Key | Der::CutOff) => cut_off(),
        None => unknown(body),
    }
}

/// Bytes that are no structure that is known: an altered key looks random all through.
fn unknown(body: &[u8]) -> Grade {
    if SHORTEST <= body.len() && is_varied(body) { altered() } else { cut_off() }
}

/// Whether bytes look random: most values are seen that so many bytes would show.
fn is_varied(bytes: &[u8]) -> bool {
    let mut seen = [false; 256];
    for byte in bytes {
        if let Some(seen) = seen.get_mut(usize::from(*byte)) {
            *seen = true;
        }
    }
    let kinds = seen.iter().filter(|it| **it).count();
    bytes.len().min(100) / 2 <= kinds
}

fn pgp(secret: &str) -> Grade {
    let (_, _, body) = read(secret);
    match openpgp::secret_key(&body) {
        Some(Protection::Open) if SHORTEST <= body.len() => Grade::certain(),
        Some(Protection::Open) => cut_off(),
        Some(Protection::Encrypted) => encrypted(),
        Some(Protection::Stub) => Grade::noted(Tier::Possible, "the key itself is somewhere else"),
        None => unknown(&body),
    }
}

fn ssh2(secret: &str) -> Grade {
    let (_, _, body) = read(secret);
    // The magic number, the length of all, the kind of key and the cipher.
    let cipher = body.strip_prefix(&[0x3F, 0x6F, 0xF9, 0xEB]).and_then(|rest| {
        let (kind, rest) = rest.get(4..)?.split_first_chunk::<4>()?;
        let rest = rest.get(usize::try_from(u32::from_be_bytes(*kind)).ok()?..)?;
        let (length, rest) = rest.split_first_chunk::<4>()?;
        rest.get(..usize::try_from(u32::from_be_bytes(*length)).ok()?)
    });
    match cipher {
        Some(b"none") => Grade::certain(),
        Some(_) => encrypted(),
        None => unknown(&body),
    }
}

fn putty(secret: &str) -> Grade {
    let cipher = secret.split_once("Encryption:").map_or("", |(_, rest)| rest).trim_start();
    if cipher.starts_with("none") { Grade::certain() } else { encrypted() }
}

/// The label of a block, whether a header says that it is encrypted, and the bytes of its body.
fn read(block: &str) -> (&str, bool, Vec<u8>) {
    let inner = block.trim_start_matches('-').trim_start();
    let inner = inner.strip_prefix("BEGIN ").unwrap_or(inner);
    let Some(dash) = inner.find("----") else { return (inner, false, Vec::new()) };
    let (label, body) = inner.split_at(dash);
    let body = body.trim_start_matches('-');
    let body = body.find("----").and_then(|end| body.get(..end)).unwrap_or(body);
    let mut packed = String::with_capacity(body.len());
    let mut is_encrypted = false;
    for line in lines(body) {
        if line.contains(": ") {
            is_encrypted |= line.contains("ENCRYPTED");
            continue;
        }
        let pieces = line.split(|it: char| !(it.is_ascii_alphanumeric() || matches!(it, '+' | '/' | '=')));
        // A plus sign by itself joins strings, and what begins with `=` is the checksum of OpenPGP.
        pieces.filter(|it| *it != "+" && !it.starts_with('=')).for_each(|it| packed.push_str(it.trim_end_matches('=')));
    }
    // What remains of a group that was cut off is no byte.
    packed.truncate(packed.len() - usize::from(packed.len() % 4 == 1));
    (label.trim(), is_encrypted, base64::decode(&packed).unwrap_or_default())
}

/// Line ends as text inside of text has them. Two slashes are digits of base 64 as well: they begin a comment when a
/// space follows.
const LINE_ENDS: [&str; 12] =
    ["\\r", "\\n", "\\t", "%0A", "%0a", "%0D", "%0d", "&#10;", "&#13;", "<br>", "<br/>", "// "];

/// The lines of a text in which line ends may be escaped.
fn lines(text: &str) -> Vec<String> {
    let text = LINE_ENDS.iter().fold(text.to_owned(), |text, end| text.replace(end, "\n"));
    // A difference has a plus sign at the start of each line, and base 64 may have one by chance.
    let is_diff = text.lines().skip(1).all(|it| it.starts_with('+'));
    let line = |line: &str| line.strip_prefix('+').filter(|_| is_diff).unwrap_or(line).to_owned();
    text.lines().map(line).collect()
}

#[cfg(test)]
pub(crate) mod made {
    use super::der::made;

    /// A block with this label around bytes.
    pub(crate) fn block(label: &str, body: &[u8], end: &str) -> String {
        use ::base64::Engine as _;
        let packed = ::base64::prelude::BASE64_STANDARD.encode(body);
        let lines: Vec<&str> = packed.as_bytes().chunks(64).map(|it| std::str::from_utf8(it).unwrap()).collect();
        format!("-----BEGIN {label}-----{end}{}{end}-----END {label}-----", lines.join(end))
    }

    /// As OpenSSH writes a key.
    pub(crate) fn openssh(cipher: &str) -> Vec<u8> {
        let length = u32::try_from(cipher.len()).unwrap().to_be_bytes();
        [super::OPENSSH, &length, cipher.as_bytes(), &made::noise(300, 4)].concat()
    }
}

#[cfg(test)]
mod tests {
    use super::super::der::made::{encrypted, noise, pkcs8, rsa};
    use super::made::{block, openssh};
    use super::*;

    #[test]
    fn the_structure_of_a_block_tells_how_sure_it_is() {
        let short = &rsa(256)[..60];
        for (label, body, tier) in [
            ("RSA PRIVATE KEY", rsa(256).as_slice(), Tier::Certain),
            ("PRIVATE KEY", &pkcs8(128), Tier::Certain),
            ("OPENSSH PRIVATE KEY", &openssh("none"), Tier::Certain),
            ("OPENSSH PRIVATE KEY", &openssh("aes256-ctr"), Tier::Possible),
            ("ENCRYPTED PRIVATE KEY", &encrypted(200), Tier::Possible),
            ("RSA PRIVATE KEY", short, Tier::Possible),
            ("RSA PRIVATE KEY", &[7; 300], Tier::Possible),
            ("RSA PRIVATE KEY", &noise(300, 5), Tier::Likely),
        ] {
            for end in ["\n", "\r\n", "\\n", "\\\\n", "\n    ", "\n# ", "\\n\" +\n  \"", "\n// ", "\n+"] {
                assert_eq!(pem(&block(label, body, end)).tier, tier, "{}", block(label, body, end));
            }
        }
    }

    #[test]
    fn headers_tell_of_a_password() {
        let block = block("RSA PRIVATE KEY", &noise(300, 6), "\n");
        let block = block.replacen("-----\n", "-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,00FF\n\n", 1);
        assert_eq!(pem(&block), super::encrypted());
        assert_eq!(putty("PuTTY-User-Key-File-2: ssh-rsa\nEncryption: none\n").tier, Tier::Certain);
        assert_eq!(putty("PuTTY-User-Key-File-3: ssh-rsa\nEncryption: aes256-cbc\n").tier, Tier::Possible);
        let ssh2 = |cipher: &[u8]| {
            let length = u8::try_from(cipher.len()).unwrap();
            let body = [&[0x3F, 0x6F, 0xF9, 0xEB, 0, 0, 9, 9, 0, 0, 0, 2, b'i', b'f', 0, 0, 0, length], cipher];
            ssh2(&made::block("SSH2 ENCRYPTED PRIVATE KEY", &body.concat(), "\n")).tier
        };
        assert_eq!((ssh2(b"none"), ssh2(b"3des-cbc")), (Tier::Certain, Tier::Possible));
    }
}
