//! Keys with a checksum of their own in less common alphabets: Base58Check (Bitcoin) and NKEY (NATS).

use sha2::{Digest, Sha256};

use super::{Grade, Proof};

/// Extended private keys of wallets: 78 bytes and a checksum of four. Sources: BIP 32, SLIP 132.
pub(crate) const EXTENDED_KEY: Proof = Proof { grade: |secret, _| graded(extended_key(secret)), sum: None };

/// Seeds of NATS: base 32 with a CRC-16 at the end. Source: the package `nkeys` of NATS.
pub(crate) const NKEY: Proof = Proof { grade: |secret, _| graded(nkey(secret)), sum: Some(nkey_sum) };

fn graded(holds: Option<bool>) -> Grade {
    if holds == Some(true) { Grade::certain() } else { Grade::altered() }
}

const BASE_58: &[u8; 58] = b"123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
const BASE_32: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

fn extended_key(text: &str) -> Option<bool> {
    let mut bytes = [0_u8; 82];
    for symbol in text.bytes() {
        let mut carry = u32::try_from(BASE_58.iter().position(|it| *it == symbol)?).ok()?;
        for byte in bytes.iter_mut().rev() {
            carry += u32::from(*byte) * 58;
            *byte = u8::try_from(carry & 0xFF).ok()?;
            carry >>= 8;
        }
        if carry != 0 {
            return None;
        }
    }
    let (body, sum) = bytes.split_last_chunk::<4>()?;
    // The key itself begins with a zero byte; that of a public key does not.
    Some(body.get(45) == Some(&0) && Sha256::digest(Sha256::digest(body)).starts_with(sum))
}

fn nkey(seed: &str) -> Option<bool> {
    let bytes = base_32(seed)?;
    let (body, sum) = bytes.split_last_chunk::<2>()?;
    Some(crc16(body) == u16::from_le_bytes(*sum))
}

/// The last four characters. The first of them holds two bits of the key as well: zeros in a sample.
fn nkey_sum(before: &str) -> String {
    let Some(mut bytes) = base_32(&format!("{before}A")) else { return String::new() };
    bytes.truncate(34);
    let sum = u32::from(u16::from_be_bytes(crc16(&bytes).to_le_bytes())) << 2;
    let digit = |shift: u32| usize::try_from(sum >> shift & 31).ok().and_then(|at| BASE_32.get(at)).copied();
    [15, 10, 5, 0].into_iter().filter_map(digit).map(char::from).collect()
}

fn base_32(text: &str) -> Option<Vec<u8>> {
    let mut bytes = Vec::with_capacity(text.len() * 5 / 8);
    let (mut bits, mut count) = (0_u32, 0);
    for symbol in text.bytes() {
        bits = (bits << 5 | u32::try_from(BASE_32.iter().position(|it| *it == symbol)?).ok()?) & 0xFFFF;
        count += 5;
        if count >= 8 {
            count -= 8;
            bytes.push(u8::try_from(bits >> count & 0xFF).ok()?);
        }
    }
    Some(bytes)
}

/// CRC-16 of XMODEM.
fn crc16(bytes: &[u8]) -> u16 {
    bytes.iter().fold(0, |sum, byte| {
        (0..8).fold(sum ^ u16::from(*byte) << 8, |sum, _| if sum & 0x8000 == 0 { sum << 1 } else { sum << 1 ^ 0x1021 })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sum_of_xmodem_is_that_of_its_check_value() {
        assert_eq!(crc16(b"123456789"), 0x31C3);
    }

    #[test]
    fn base_32_is_that_of_rfc_4648() {
        assert_eq!(base_32("MZXW6YTBOI").unwrap(), b"foobar");
        assert_eq!(base_32("a"), None);
    }

    /// Writes 78 bytes and their checksum.
    fn written(mut body: Vec<u8>) -> String {
        let sum = Sha256::digest(Sha256::digest(&body));
        body.extend(&sum[..4]);
        let mut text = Vec::new();
        while body.iter().any(|it| *it != 0) {
            let mut rest = 0_u32;
            for byte in &mut body {
                let value = rest << 8 | u32::from(*byte);
                *byte = u8::try_from(value / 58).unwrap();
                rest = value % 58;
            }
            text.push(BASE_58[usize::try_from(rest).unwrap()]);
        }
        text.reverse();
        String::from_utf8(text).unwrap()
    }

    #[test]
    fn an_extended_key_is_certain_and_an_altered_or_public_one_is_not() {
        let mut body = vec![0x04, 0x88, 0xAD, 0xE4];
        body.extend((0_u8..74).map(|it| it.wrapping_mul(37)));
        body[45] = 0;
        let key = written(body.clone());
        assert!(key.starts_with("xprv"), "{key}");
        assert_eq!(extended_key(&key), Some(true));
        assert_eq!(extended_key(&key.replace('a', "b").replace('c', "d")), Some(false));
        body[45] = 2;
        assert_eq!(extended_key(&written(body)), Some(false));
        assert_eq!(extended_key(&"z".repeat(200)), None);
    }

    #[test]
    fn a_seed_is_completed_by_its_sum() {
        let before = format!("SUA{}", "QX3T".repeat(13));
        let before = before.get(..54).unwrap();
        let seed = format!("{before}{}", nkey_sum(before));
        assert_eq!(seed.len(), 58);
        assert_eq!(nkey(&seed), Some(true), "{seed}");
        assert_eq!(nkey(&seed.replace("QX", "QY")), Some(false));
    }
}
