//! Signatures of commits and tags: which kind they are, and SSH ones read and verified.
//!
//! Follows OpenSSH's PROTOCOL.sshsig. Whether a key may sign is not decided here; OpenPGP and X.509
//! signatures are told apart and not read.

use base64::Engine as _;
use base64::prelude::{BASE64_STANDARD, BASE64_STANDARD_NO_PAD};
use sha2::{Digest as _, Sha256};
use ssh_key::{PublicKey, SshSig};

/// The kinds of signatures that Git makes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Scheme {
    /// `gpg.format=ssh`.
    Ssh,
    /// `gpg.format=openpgp`, the default.
    OpenPgp,
    /// `gpg.format=x509`, among them gitsign's.
    X509,
    /// None of these.
    Other,
}

/// The kind of an armoured signature, by the line that it begins with.
#[must_use]
pub fn scheme(armor: &str) -> Scheme {
    let first = armor.trim_start().lines().next().unwrap_or_default().trim_end();
    match first {
        SSH_BEGIN => Scheme::Ssh,
        "-----BEGIN PGP SIGNATURE-----" | "-----BEGIN PGP MESSAGE-----" => Scheme::OpenPgp,
        "-----BEGIN SIGNED MESSAGE-----" => Scheme::X509,
        _ => Scheme::Other,
    }
}

const SSH_BEGIN: &str = "-----BEGIN SSH SIGNATURE-----";
const SSH_END: &str = "-----END SSH SIGNATURE-----";

/// Why a signature cannot be read.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Unreadable {
    /// It is damaged; the fragment says how.
    Malformed(&'static str),
    /// Its key is of a kind that is not verified here: the name of the algorithm.
    Unsupported(String),
}

/// An SSH signature.
#[derive(Clone, Debug)]
pub struct SshSignature {
    key: SshKey,
    signature: SshSig,
}

/// A public key as it goes over the wire. Equal bytes are equal keys.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SshKey(Vec<u8>);

impl SshKey {
    /// A key from the base64 of an `authorized_keys` line; nothing when it does not hold a key of the named algorithm.
    #[must_use]
    pub fn from_base64(algorithm: &str, text: &str) -> Option<Self> {
        let blob = BASE64_STANDARD.decode(text).ok()?;
        (read_string(&blob)?.0 == algorithm.as_bytes()).then_some(Self(blob))
    }

    /// The fingerprint that `ssh-keygen -l` prints: `SHA256:…`.
    #[must_use]
    pub fn fingerprint(&self) -> String {
        format!("SHA256:{}", BASE64_STANDARD_NO_PAD.encode(Sha256::digest(&self.0)))
    }

    /// The key as a line of `authorized_keys` has it: its algorithm and its base64.
    #[must_use]
    pub fn to_openssh(&self) -> String {
        format!("{} {}", self.algorithm(), BASE64_STANDARD.encode(&self.0))
    }

    /// The name of its algorithm.
    #[must_use]
    pub fn algorithm(&self) -> String {
        read_string(&self.0).map_or_else(String::new, |(name, _)| String::from_utf8_lossy(name).into_owned())
    }
}

impl std::fmt::Debug for SshKey {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str(&self.fingerprint())
    }
}

/// Largest RSA modulus, in bytes with its leading zero, that the verifier takes (4096 bits).
const RSA_LIMIT: usize = 513;

impl SshSignature {
    /// Reads an armoured signature. Lines may be of any width: signing agents wrap as they like.
    ///
    /// # Errors
    /// When it is damaged, or made by a kind of key that is not verified here.
    pub fn parse(armor: &str) -> Result<Self, Unreadable> {
        let body = armor.trim().strip_prefix(SSH_BEGIN).and_then(|rest| rest.strip_suffix(SSH_END));
        let body = body.ok_or(Unreadable::Malformed("its armour is not closed"))?;
        let packed: String = body.split_whitespace().collect();
        let blob = BASE64_STANDARD.decode(packed).map_err(|_| Unreadable::Malformed("its armour holds no base64"))?;
        let envelope = Envelope::read(&blob).ok_or(Unreadable::Malformed("it is cut off, or something follows it"))?;
        if !is_supported(&envelope.key) {
            return Err(Unreadable::Unsupported(envelope.key.algorithm()));
        }
        let signature = SshSig::from_pem(rewrapped(&blob)).ok().filter(|_| envelope.is_exact);
        let signature = signature.ok_or(Unreadable::Malformed("it is not an SSH signature"))?;
        let key = envelope.key;
        Ok(Self { key, signature })
    }

    /// The key that it claims to be made with.
    #[must_use]
    pub fn key(&self) -> &SshKey {
        &self.key
    }

    /// The use that it was made for: `git` for commits and tags.
    #[must_use]
    pub fn namespace(&self) -> &str {
        self.signature.namespace()
    }

    /// Whether its key made it over these bytes, for this use.
    #[must_use]
    pub fn verifies(&self, namespace: &str, signed: &[u8]) -> bool {
        let key = PublicKey::new(self.signature.public_key().clone(), "");
        key.verify(namespace, signed, &self.signature).is_ok()
    }
}

/// The frame of a signature. The library bears wrong lengths in it; one signature must have one form.
struct Envelope {
    key: SshKey,
    /// Whether every length is right up to the last byte.
    is_exact: bool,
}

impl Envelope {
    fn read(blob: &[u8]) -> Option<Self> {
        let (key, rest) = read_string(blob.strip_prefix(b"SSHSIG")?.get(4..)?)?;
        let key = SshKey(key.to_vec());
        let is_exact = Self::rest_is_exact(rest).unwrap_or(false);
        Some(Self { key, is_exact })
    }

    /// Namespace, a reserved field, hash algorithm and signature, and nothing after them.
    fn rest_is_exact(rest: &[u8]) -> Option<bool> {
        let (_namespace, rest) = read_string(rest)?;
        let (_reserved, rest) = read_string(rest)?;
        let (_hash, rest) = read_string(rest)?;
        let (signature, rest) = read_string(rest)?;
        let (algorithm, inner) = read_string(signature)?;
        let (_bytes, trailer) = read_string(inner)?;
        // A security key adds a byte of flags and a counter of four.
        let trailer_length = if algorithm.starts_with(b"sk-") { 5 } else { 0 };
        Some(rest.is_empty() && trailer.len() == trailer_length)
    }
}

/// Whether the verifier knows the kind of key. The list is that of the features of `ssh-key` that are built in.
fn is_supported(key: &SshKey) -> bool {
    match key.algorithm().as_str() {
        "ssh-ed25519"
        | "sk-ssh-ed25519@openssh.com"
        | "ecdsa-sha2-nistp256"
        | "ecdsa-sha2-nistp384"
        | "sk-ecdsa-sha2-nistp256@openssh.com" => true,
        "ssh-rsa" => match PublicKey::from_bytes(&key.0) {
            Ok(key) => key.key_data().rsa().is_none_or(|rsa| rsa.n.as_bytes().len() <= RSA_LIMIT),
            Err(_) => true,
        },
        _ => false,
    }
}

/// The armour that OpenSSH writes, 70 characters a line: the only one that the library reads.
fn rewrapped(blob: &[u8]) -> String {
    let mut armor = format!("{SSH_BEGIN}\n");
    for (index, symbol) in BASE64_STANDARD.encode(blob).chars().enumerate() {
        if index > 0 && index % 70 == 0 {
            armor.push('\n');
        }
        armor.push(symbol);
    }
    armor.push('\n');
    armor.push_str(SSH_END);
    armor
}

/// A string of the SSH wire format: its length in four bytes, then its bytes. Gives what follows as well.
fn read_string(blob: &[u8]) -> Option<(&[u8], &[u8])> {
    let (length, rest) = blob.split_first_chunk::<4>()?;
    rest.split_at_checked(usize::try_from(u32::from_be_bytes(*length)).ok()?)
}

#[cfg(test)]
pub(crate) mod tests {
    use proptest::prelude::*;
    use ssh_key::private::{Ed25519Keypair, KeypairData};
    use ssh_key::{HashAlg, LineEnding, PrivateKey};

    use super::*;

    /// A key pair that exists only while a test runs.
    pub(crate) fn key(seed: u8) -> PrivateKey {
        PrivateKey::new(KeypairData::Ed25519(Ed25519Keypair::from_seed(&[seed; 32])), "").unwrap()
    }

    /// The `authorized_keys` form of a key.
    pub(crate) fn public(seed: u8) -> String {
        key(seed).public_key().to_openssh().unwrap().trim_end().to_owned()
    }

    /// An armoured signature.
    pub(crate) fn sign(seed: u8, namespace: &str, signed: &[u8]) -> String {
        key(seed).sign(namespace, HashAlg::Sha512, signed).unwrap().to_pem(LineEnding::LF).unwrap()
    }

    #[test]
    fn a_signature_holds_for_its_bytes_and_its_use_only() {
        let signature = SshSignature::parse(&sign(1, "git", b"tree")).unwrap();
        assert!(signature.verifies("git", b"tree"));
        assert!(!signature.verifies("git", b"tree2"));
        assert!(!signature.verifies("file", b"tree"));
        let other_use = SshSignature::parse(&sign(1, "file", b"tree")).unwrap();
        assert!(!other_use.verifies("git", b"tree"));
        assert_eq!(other_use.namespace(), "file");
    }

    #[test]
    fn the_fingerprint_is_that_of_the_key_line() {
        let line = public(1);
        let (algorithm, text) = line.split_once(' ').unwrap();
        let listed = SshKey::from_base64(algorithm, text).unwrap();
        let signature = SshSignature::parse(&sign(1, "git", b"x")).unwrap();
        assert_eq!(*signature.key(), listed);
        assert_eq!(listed.fingerprint(), key(1).public_key().fingerprint(HashAlg::Sha256).to_string());
        assert_eq!(SshKey::from_base64("ssh-rsa", text), None);
    }

    #[test]
    fn any_wrapping_is_read_and_damage_is_told() {
        let armor = sign(1, "git", b"x");
        let body: String = armor.lines().filter(|line| !line.starts_with("---")).collect();
        let wide = format!("{SSH_BEGIN}\r\n{body}\r\n{SSH_END}\r\n");
        assert!(SshSignature::parse(&wide).is_ok_and(|it| it.verifies("git", b"x")));
        for damaged in [
            armor.replace(SSH_END, ""),
            format!("{SSH_BEGIN}\n{}\n{SSH_END}", body.get(..40).unwrap()),
            format!("{SSH_BEGIN}\n*\n{SSH_END}"),
        ] {
            assert!(matches!(SshSignature::parse(&damaged), Err(Unreadable::Malformed(_))), "{damaged}");
        }
    }

    #[test]
    fn a_signature_by_a_certificate_is_unsupported_not_damaged() {
        let name = b"ssh-ed25519-cert-v01@openssh.com";
        let mut key = u32::try_from(name.len()).unwrap().to_be_bytes().to_vec();
        key.extend(name);
        let mut blob = b"SSHSIG\0\0\0\x01".to_vec();
        blob.extend(u32::try_from(key.len()).unwrap().to_be_bytes());
        blob.extend(key);
        let armor = format!("{SSH_BEGIN}\n{}\n{SSH_END}\n", BASE64_STANDARD.encode(blob));
        let found = SshSignature::parse(&armor).err();
        assert_eq!(found, Some(Unreadable::Unsupported("ssh-ed25519-cert-v01@openssh.com".to_owned())));
    }

    #[test]
    fn the_schemes_are_told_apart() {
        assert_eq!(scheme("-----BEGIN PGP SIGNATURE-----\n"), Scheme::OpenPgp);
        assert_eq!(scheme("-----BEGIN SIGNED MESSAGE-----\n"), Scheme::X509);
        assert_eq!(scheme("-----BEGIN SSH SIGNATURE-----\n"), Scheme::Ssh);
        assert_eq!(scheme("hello"), Scheme::Other);
    }

    proptest! {
        #[test]
        fn any_bytes_in_armour_are_read_without_a_panic(tail in proptest::collection::vec(any::<u8>(), 0..80)) {
            let mut blob = b"SSHSIG\0\0\0\x01".to_vec();
            blob.extend(tail);
            let _ = SshSignature::parse(&format!("{SSH_BEGIN}\n{}\n{SSH_END}\n", BASE64_STANDARD.encode(blob)));
        }

        #[test]
        fn no_flipped_bit_verifies(byte in 10_usize..150, bit in 0_u8..8) {
            let armor = sign(1, "git", b"x");
            let body: String = armor.lines().filter(|line| !line.starts_with("---")).collect();
            let mut blob = BASE64_STANDARD.decode(body).unwrap();
            if let Some(target) = blob.get_mut(byte) {
                *target ^= 1 << bit;
                let flipped = format!("{SSH_BEGIN}\n{}\n{SSH_END}\n", BASE64_STANDARD.encode(&blob));
                let listed = SshSignature::parse(&armor).unwrap();
                let verified = SshSignature::parse(&flipped)
                    .is_ok_and(|it| it.key() == listed.key() && it.verifies("git", b"x"));
                prop_assert!(!verified);
            }
        }
    }
}
