//! Instants and days. "Now" is a fact like any other; nothing here reads a clock.

use std::fmt;
use std::str::FromStr;

use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Seconds since 1970-01-01T00:00:00Z, written as RFC 3339 in UTC.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default, JsonSchema)]
#[schemars(with = "String")]
pub struct Timestamp(pub i64);

/// A calendar day, in UTC.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, JsonSchema)]
#[schemars(with = "String")]
pub struct Date(jiff::civil::Date);

impl Timestamp {
    /// The day in UTC; the epoch's day for an instant outside of the years -9999 to 9999.
    #[must_use]
    pub fn date(self) -> Date {
        let instant = jiff::Timestamp::from_second(self.0).unwrap_or_default();
        Date(jiff::tz::Offset::UTC.to_datetime(instant).date())
    }
}

impl Date {
    /// The first second after this day: a waiver holds through the whole of its last day.
    #[must_use]
    pub fn end(self) -> Timestamp {
        let midnight = jiff::tz::Offset::UTC.to_timestamp(self.0.to_datetime(jiff::civil::Time::midnight()));
        Timestamp(midnight.map_or(i64::MAX, |it| it.as_second() + 86_400))
    }

    /// The day that is so many days later; the last day of the calendar when there is none.
    #[must_use]
    pub fn plus_days(self, days: u32) -> Self {
        Self(self.0.saturating_add(jiff::Span::new().days(i64::from(days.min(3_000_000)))))
    }

    /// Whole days from this day to `later`; negative when `later` is earlier.
    #[must_use]
    pub fn days_until(self, later: Self) -> i32 {
        (later.0 - self.0).get_days()
    }
}

impl fmt::Display for Date {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, out)
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&jiff::Timestamp::from_second(self.0).unwrap_or_default(), out)
    }
}

/// The text is not a day of the calendar.
#[derive(Debug, thiserror::Error)]
#[error("`{0}` is not a day of the form YYYY-MM-DD")]
pub struct NotADate(String);

impl FromStr for Date {
    type Err = NotADate;

    /// Accepts `YYYY-MM-DD` and nothing else; an expiry with a time zone would mean two things.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let plain = text.len() == 10 && text.bytes().all(|it| it.is_ascii_digit() || it == b'-');
        match text.parse() {
            Ok(day) if plain => Ok(Self(day)),
            _ => Err(NotADate(text.to_owned())),
        }
    }
}

/// The text is not an instant.
#[derive(Debug, thiserror::Error)]
#[error("`{0}` is not an instant such as 2026-06-30T12:00:00Z")]
pub struct NotATimestamp(String);

impl FromStr for Timestamp {
    type Err = NotATimestamp;

    /// Accepts RFC 3339 with any offset.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        text.parse::<jiff::Timestamp>().map(|it| Self(it.as_second())).map_err(|_| NotATimestamp(text.to_owned()))
    }
}

macro_rules! as_text {
    ($($kind:ty),*) => {$(
        impl Serialize for $kind {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }
        impl<'de> Deserialize<'de> for $kind {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
            }
        }
    )*};
}
as_text!(Date, Timestamp);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_real_days_are_days() {
        for text in
            ["2026-02-29", "2026-13-01", "2026-00-10", "26-01-01", "2026-1-1", "2026-01-01T00:00:00Z", "20260101", ""]
        {
            assert!(text.parse::<Date>().is_err(), "{text}");
        }
        assert_eq!("2024-02-29".parse::<Date>().map(|it| it.to_string()).ok().as_deref(), Some("2024-02-29"));
    }

    #[test]
    fn a_day_ends_where_the_next_begins() {
        let last = "2026-12-31".parse::<Date>().map(Date::end);
        assert_eq!(last.map(|it| it.to_string()).ok().as_deref(), Some("2027-01-01T00:00:00Z"));
    }

    #[test]
    fn instants_are_written_in_utc() {
        let noon = "2026-11-21T13:00:00+01:00".parse::<Timestamp>();
        assert_eq!(noon.map(|it| it.to_string()).ok().as_deref(), Some("2026-11-21T12:00:00Z"));
    }
}
