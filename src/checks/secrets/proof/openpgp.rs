//! Secret keys of OpenPGP: whether a password protects them. Source: RFC 9580, sections 3.7, 4.2 and 5.5.

/// How a secret key is kept.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Protection {
    /// Anybody can use it.
    Open,
    /// A password encrypts it.
    Encrypted,
    /// Only a note that the key is somewhere else.
    Stub,
}

/// Protection of the secret key with which these packets begin; nothing when they are something else.
pub(crate) fn secret_key(packets: &[u8]) -> Option<Protection> {
    let body = first_packet(packets)?;
    let (version, rest) = body.split_first()?;
    let algorithm = *rest.get(4)?;
    // Version 6 tells the length of the public part besides.
    let material = rest.get(if *version == 6 { 9 } else { 5 }..)?;
    if !matches!(version, 4..=6) {
        return None;
    }
    let secret = public_part(algorithm, material)?;
    match secret {
        [0, ..] => Some(Protection::Open),
        // The specifier 101 is an extension of GnuPG.
        [253..=255, _, 101, ..] => Some(Protection::Stub),
        [_, ..] => Some(Protection::Encrypted),
        [] => None,
    }
}

/// The body of the first packet, when that is a secret key (5) or a secret subkey (7).
fn first_packet(packets: &[u8]) -> Option<&[u8]> {
    let (tag, rest) = packets.split_first()?;
    let (kind, rest) = if tag & 0xC0 == 0xC0 {
        let rest = match rest {
            [0..=191, rest @ ..] | [192..=223, _, rest @ ..] | [255, _, _, _, _, rest @ ..] => rest,
            _ => return None,
        };
        (tag & 0x3F, rest)
    } else if tag & 0x80 == 0x80 {
        (tag >> 2 & 0x0F, rest.get([1, 2, 4, 0].get(usize::from(tag & 3)).copied()?..)?)
    } else {
        return None;
    };
    matches!(kind, 5 | 7).then_some(rest)
}

/// What stands behind the public part of a key with this algorithm.
fn public_part(algorithm: u8, material: &[u8]) -> Option<&[u8]> {
    match algorithm {
        1..=3 => after_numbers(material, 2),
        16 => after_numbers(material, 3),
        17 => after_numbers(material, 4),
        18 => after_octets(after_numbers(after_octets(material)?, 1)?),
        19 | 22 => after_numbers(after_octets(material)?, 1),
        25 | 27 => material.get(32..),
        26 => material.get(56..),
        28 => material.get(57..),
        _ => None,
    }
}

/// What stands behind so many numbers, each with its length in bits before it.
fn after_numbers(mut rest: &[u8], count: usize) -> Option<&[u8]> {
    for _ in 0..count {
        let (length, number) = rest.split_first_chunk::<2>()?;
        rest = number.get(usize::from(u16::from_be_bytes(*length)).div_ceil(8)..)?;
    }
    Some(rest)
}

/// What stands behind octets with their count before them.
fn after_octets(bytes: &[u8]) -> Option<&[u8]> {
    let (length, rest) = bytes.split_first()?;
    rest.get(usize::from(*length)..)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn packet(secret: &[u8]) -> Vec<u8> {
        let numbers = [&[0, 16, 0xC1, 0x55], [0, 2, 3].as_slice()].concat();
        let body = [&[4, 0, 0, 0, 0, 1], numbers.as_slice(), secret].concat();
        [&[0x95, 0, u8::try_from(body.len()).unwrap()], body.as_slice()].concat()
    }

    #[test]
    fn the_byte_behind_the_public_part_tells_the_protection() {
        assert_eq!(secret_key(&packet(&[0, 0, 9, 1])), Some(Protection::Open));
        assert_eq!(secret_key(&packet(&[254, 7, 3, 8])), Some(Protection::Encrypted));
        assert_eq!(secret_key(&packet(&[254, 0, 101, 0])), Some(Protection::Stub));
        assert_eq!(secret_key(&packet(&[])), None);
        let public = [&[0x99], &packet(&[0])[1..]].concat();
        assert_eq!(secret_key(&public), None);
    }

    proptest! {
        #[test]
        fn any_bytes_are_read(mut bytes in proptest::collection::vec(any::<u8>(), 1..40), old: bool) {
            bytes[0] = if old { 0x94 } else { 0xC5 };
            secret_key(&bytes);
        }
    }
}
