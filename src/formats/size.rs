//! Sizes in bytes as people write them: `1MiB`, `500 kB`, `4096`.

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::{Error, Visitor};
use serde::{Deserialize, Deserializer};

/// A number of bytes.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct ByteSize(pub u64);

/// The text is not a size.
#[derive(Debug, thiserror::Error)]
#[error("`{0}` is not a size such as 500kB, 1MiB or 4096")]
pub struct NotASize(String);

/// Units, the binary ones of IEC 80000-13 and the decimal ones of SI; upper and lower case are one.
const UNITS: [(&str, u64); 11] = [
    ("", 1),
    ("b", 1),
    ("kib", 1 << 10),
    ("mib", 1 << 20),
    ("gib", 1 << 30),
    ("kb", 1_000),
    ("mb", 1_000_000),
    ("gb", 1_000_000_000),
    ("k", 1 << 10),
    ("m", 1 << 20),
    ("g", 1 << 30),
];

impl FromStr for ByteSize {
    type Err = NotASize;

    /// Accepts a whole number and a unit. `k`, `m` and `g` alone are binary, as `git config` reads them.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let wrong = || NotASize(text.to_owned());
        let digits = text.bytes().take_while(u8::is_ascii_digit).count();
        let (number, unit) = text.split_at_checked(digits).ok_or_else(wrong)?;
        let number: u64 = number.parse().map_err(|_| wrong())?;
        let unit = unit.trim().to_ascii_lowercase();
        let (_, factor) = UNITS.iter().find(|(name, _)| *name == unit).ok_or_else(wrong)?;
        number.checked_mul(*factor).map(Self).ok_or_else(wrong)
    }
}

impl fmt::Display for ByteSize {
    /// The largest binary unit that leaves a whole number or one decimal.
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (unit, factor) in [("GiB", 1_u64 << 30), ("MiB", 1 << 20), ("KiB", 1 << 10)] {
            if self.0 < factor {
                continue;
            }
            let tenths = u128::from(self.0) * 10 / u128::from(factor);
            return match tenths % 10 {
                0 => write!(out, "{} {unit}", tenths / 10),
                rest => write!(out, "{}.{rest} {unit}", tenths / 10),
            };
        }
        write!(out, "{} B", self.0)
    }
}

impl<'de> Deserialize<'de> for ByteSize {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Reader;
        impl Visitor<'_> for Reader {
            type Value = ByteSize;

            fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
                out.write_str("a size such as 500kB, 1MiB or 4096")
            }

            fn visit_u64<E: Error>(self, bytes: u64) -> Result<ByteSize, E> {
                Ok(ByteSize(bytes))
            }

            fn visit_i64<E: Error>(self, bytes: i64) -> Result<ByteSize, E> {
                u64::try_from(bytes).map(ByteSize).map_err(|_| E::custom(NotASize(bytes.to_string())))
            }

            fn visit_str<E: Error>(self, text: &str) -> Result<ByteSize, E> {
                text.parse().map_err(E::custom)
            }
        }
        deserializer.deserialize_any(Reader)
    }
}

impl JsonSchema for ByteSize {
    fn schema_name() -> Cow<'static, str> {
        "ByteSize".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": ["string", "integer"],
            "minimum": 0,
            "description": "A number of bytes, with a unit if it has one: `4096`, `500kB`, `1MiB`.",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn units_are_read_and_written() {
        let read = |text: &str| text.parse::<ByteSize>().ok().map(|it| it.0);
        assert_eq!(read("1MiB"), Some(1_048_576));
        assert_eq!(read("500 kB"), Some(500_000));
        assert_eq!(read("4096"), Some(4096));
        for text in ["", "MiB", "-1", "1.5MiB", "1 parsec", "99999999999999999999", "99999999999GiB"] {
            assert_eq!(read(text), None, "{text}");
        }
        assert_eq!(ByteSize(1_048_576).to_string(), "1 MiB");
        assert_eq!(ByteSize(1_572_864).to_string(), "1.5 MiB");
        assert_eq!(ByteSize(u64::MAX).to_string(), "17179869183.9 GiB");
        assert_eq!(ByteSize(12).to_string(), "12 B");
    }
}
