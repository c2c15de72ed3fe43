//! Versions in the order of their precedence.

use std::cmp::Ordering;

use semver::Version as SemVer;

/// A version that can be compared.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Version {
    /// Semantic Versioning 2.0.0.
    Semantic(SemVer),
    /// Numbers with dots between them: `2026.01.3`, `1.2`.
    Numbers(Vec<u64>),
}

impl Version {
    /// Reads a version; nothing when it cannot be compared with others.
    pub(super) fn parse(text: &str) -> Option<Self> {
        if let Ok(version) = SemVer::parse(text) {
            return Some(Self::Semantic(version));
        }
        let numbers: Option<Vec<u64>> = text.split('.').map(|part| part.parse().ok()).collect();
        numbers.map(Self::Numbers)
    }

    /// The order of precedence: build metadata takes no part, missing numbers are zero.
    pub(super) fn precedence(&self, other: &Self) -> Ordering {
        match (self, other) {
            (Self::Semantic(a), Self::Semantic(b)) => a.cmp_precedence(b),
            (Self::Semantic(_) | Self::Numbers(_), Self::Semantic(_) | Self::Numbers(_)) => {
                let length = self.numbers().len().max(other.numbers().len());
                (0..length)
                    .map(|index| self.number(index).cmp(&other.number(index)))
                    .find(|it| it.is_ne())
                    .unwrap_or(Ordering::Equal)
            }
        }
    }

    /// The number at this place: 0 is the major version, 1 the minor one.
    pub(super) fn number(&self, index: usize) -> u64 {
        self.numbers().get(index).copied().unwrap_or(0)
    }

    fn numbers(&self) -> Vec<u64> {
        match self {
            Self::Semantic(it) => vec![it.major, it.minor, it.patch],
            Self::Numbers(numbers) => numbers.clone(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn order(a: &str, b: &str) -> Option<Ordering> {
        Some(Version::parse(a)?.precedence(&Version::parse(b)?))
    }

    #[test]
    fn precedence_is_that_of_the_standard() {
        assert_eq!(order("1.0.0-rc.2", "1.0.0-rc.10"), Some(Ordering::Less));
        assert_eq!(order("1.0.0-rc.2", "1.0.0"), Some(Ordering::Less));
        assert_eq!(order("1.0.0+a", "1.0.0+b"), Some(Ordering::Equal));
        assert_eq!(order("1.10.0", "1.9.0"), Some(Ordering::Greater));
    }

    #[test]
    fn calendar_versions_are_compared_by_their_numbers() {
        assert_eq!(order("2026.01.3", "2025.12.30"), Some(Ordering::Greater));
        assert_eq!(order("1.2", "1.2.0"), Some(Ordering::Equal));
        assert_eq!(order("spring", "1.2.0"), None);
    }
}
