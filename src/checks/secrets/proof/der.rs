//! Private keys in DER, told by their structure.

/// What a run of bytes is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Der {
    /// A private key: of RSA or DSA (PKCS #1), of an elliptic curve (SEC 1), or of any algorithm (PKCS #8).
    Key,
    /// A private key that a password encrypts (PKCS #8).
    Encrypted,
    /// It begins like one and ends too early.
    CutOff,
}

const INTEGER: u8 = 0x02;
const OCTETS: u8 = 0x04;
const OBJECT: u8 = 0x06;
const SEQUENCE: u8 = 0x30;
/// Bytes that may stand behind the structure: a line end, or the padding of a cipher.
const MOST_TRAILING: usize = 16;

/// What these bytes are; nothing when they are no private key.
pub(crate) fn private_key(bytes: &[u8]) -> Option<Der> {
    let (tag, length, rest) = head(bytes)?;
    if tag != SEQUENCE {
        return None;
    }
    let Some((content, trailing)) = rest.split_at_checked(length) else {
        // A certificate begins with a sequence, a private key with its version.
        return matches!(rest, [INTEGER, 1, 0 | 1, INTEGER | OCTETS | SEQUENCE, ..]).then_some(Der::CutOff);
    };
    if trailing.len() > MOST_TRAILING {
        return None;
    }
    let (first, inner, rest) = item(content)?;
    match first {
        INTEGER => holds_key(inner, rest).then_some(Der::Key),
        SEQUENCE => is_encrypted(inner, rest).then_some(Der::Encrypted),
        _ => None,
    }
}

/// Whether this is the version of a private key, and what stands behind it.
fn holds_key(version: &[u8], rest: &[u8]) -> bool {
    let Some((tag, second, rest)) = item(rest) else { return false };
    match (version, tag) {
        // PKCS #8: an algorithm and the key.
        ([0 | 1], SEQUENCE) => {
            item(second).is_some_and(|it| it.0 == OBJECT) && item(rest).is_some_and(|it| it.0 == OCTETS)
        }
        // PKCS #1: at least four numbers more.
        ([0 | 1], INTEGER) => 16 <= second.len() && numbers(rest) >= 3,
        ([1], OCTETS) => (16..=72).contains(&second.len()),
        _ => false,
    }
}

/// Whether this is what PKCS #8 wraps around an encrypted key: an algorithm with parameters, and octets.
fn is_encrypted(algorithm: &[u8], rest: &[u8]) -> bool {
    let is_pkcs = |object: &[u8]| object.starts_with(&[0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01]);
    item(algorithm).is_some_and(|(tag, object, _)| tag == OBJECT && is_pkcs(object))
        && item(rest).is_some_and(|(tag, octets, rest)| tag == OCTETS && 32 <= octets.len() && rest.is_empty())
}

/// How many numbers stand in a row.
fn numbers(mut rest: &[u8]) -> usize {
    let mut count = 0;
    while let Some((INTEGER, _, after)) = item(rest) {
        count += 1;
        rest = after;
    }
    count
}

/// The tag and the content of the first item, and what stands behind it.
pub(crate) fn item(bytes: &[u8]) -> Option<(u8, &[u8], &[u8])> {
    let (tag, length, rest) = head(bytes)?;
    let (content, rest) = rest.split_at_checked(length)?;
    Some((tag, content, rest))
}

/// The tag and the length of the first item, and what stands behind them.
fn head(bytes: &[u8]) -> Option<(u8, usize, &[u8])> {
    let (tag, rest) = bytes.split_first()?;
    let (first, rest) = rest.split_first()?;
    if *first < 0x80 {
        return Some((*tag, usize::from(*first), rest));
    }
    let count = usize::from(first & 0x7F);
    if !(1..=4).contains(&count) {
        return None;
    }
    let (length, rest) = rest.split_at_checked(count)?;
    let length = length.iter().try_fold(0_usize, |sum, byte| sum.checked_mul(256)?.checked_add(usize::from(*byte)))?;
    Some((*tag, length, rest))
}

#[cfg(test)]
pub(crate) mod made {
    //! Structures for tests, made of bytes that are no key.

    pub(crate) fn item(tag: u8, content: &[u8]) -> Vec<u8> {
        let length = u16::try_from(content.len()).unwrap().to_be_bytes();
        [&[tag, 0x82], length.as_slice(), content].concat()
    }

    pub(crate) fn noise(length: usize, seed: u8) -> Vec<u8> {
        let mut state = u32::from(seed) + 77;
        let next = || {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 24) as u8
        };
        std::iter::repeat_with(next).take(length).collect()
    }

    /// As PKCS #1 writes a key of so many bytes.
    pub(crate) fn rsa(length: usize) -> Vec<u8> {
        let half = length / 2;
        let numbers = [length, 3, length, half, half, half, half, half];
        let numbers = numbers.iter().zip(1_u8..).flat_map(|(length, seed)| item(2, &noise(*length, seed)));
        item(0x30, &[&[2, 1, 0], numbers.collect::<Vec<_>>().as_slice()].concat())
    }

    /// As PKCS #8 writes it.
    pub(crate) fn pkcs8(length: usize) -> Vec<u8> {
        let algorithm = [0x30, 13, 6, 9, 0x2A, 0x86, 0x48, 0x86, 0xF7, 13, 1, 1, 1, 5, 0];
        item(0x30, &[&[2, 1, 0], algorithm.as_slice(), &item(4, &rsa(length))].concat())
    }

    /// As PKCS #8 writes it under a password.
    pub(crate) fn encrypted(length: usize) -> Vec<u8> {
        let algorithm = [0x30, 13, 6, 9, 0x2A, 0x86, 0x48, 0x86, 0xF7, 13, 1, 5, 13, 0x30, 0];
        item(0x30, &[algorithm.as_slice(), &item(4, &noise(length, 9))].concat())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_private_key_is_told_from_other_structures() {
        assert_eq!(private_key(&made::rsa(256)), Some(Der::Key));
        assert_eq!(private_key(&made::pkcs8(128)), Some(Der::Key));
        assert_eq!(private_key(&made::encrypted(128)), Some(Der::Encrypted));
        assert_eq!(private_key(&made::rsa(256)[..200]), Some(Der::CutOff));
        let curve = made::item(0x30, &[&[2, 1, 1, 4, 32], made::noise(32, 1).as_slice()].concat());
        assert_eq!(private_key(&curve), Some(Der::Key));
        // A public key: an algorithm and a string of bits. A certificate: three sequences.
        let bits = [&[0x30, 5, 6, 3, 0x2B, 0x65, 0x70], made::item(3, &made::noise(33, 2)).as_slice()].concat();
        assert_eq!(private_key(&made::item(0x30, &bits)), None);
        assert_eq!(private_key(&made::item(0x30, &made::item(0x30, &made::noise(90, 3)))), None);
    }

    proptest! {
        #[test]
        fn any_bytes_are_read(bytes in proptest::collection::vec(any::<u8>(), 0..64)) {
            private_key(&bytes);
        }
    }
}
