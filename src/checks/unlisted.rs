//! The lines that a check does not list one by one, summed up without hiding that they become more or others.

use std::fmt::Write as _;

use sha2::{Digest, Sha256};

/// Lines that offend and are not listed; takes the same room however many they are.
#[derive(Default)]
pub(super) struct Unlisted {
    count: u64,
    hash: Sha256,
}

/// What is said of them.
pub(super) struct Summary {
    count: u64,
    /// Tells these lines, in this order, from any others; white space at their ends does not count.
    pub(super) digest: String,
}

impl Unlisted {
    pub(super) fn add(&mut self, line: &str) {
        let line = line.trim();
        self.count = self.count.saturating_add(1);
        // Lengths keep the lines apart.
        self.hash.update(format!("{}:", line.len()).as_bytes());
        self.hash.update(line.as_bytes());
    }

    /// Nothing when every line is listed.
    pub(super) fn summary(self) -> Option<Summary> {
        if self.count == 0 {
            return None;
        }
        let mut digest = String::with_capacity(32);
        for byte in self.hash.finalize().iter().take(16) {
            let _ = write!(digest, "{byte:02x}");
        }
        Some(Summary { count: self.count, digest })
    }
}

impl Summary {
    /// How many there are, by the words for one and for more of them: `2 further lines are`.
    pub(super) fn further(&self, [one, many]: [&str; 2]) -> String {
        match self.count {
            1 => format!("1 further {one} is"),
            count => format!("{count} further {many} are"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn digest(lines: &[&str]) -> Option<String> {
        let mut unlisted = Unlisted::default();
        lines.iter().for_each(|line| unlisted.add(line));
        unlisted.summary().map(|it| it.digest)
    }

    #[test]
    fn other_lines_have_another_digest() {
        assert_eq!(digest(&[]), None);
        assert_eq!(digest(&["a", "b"]), digest(&["  a", "b "]));
        for other in [["a"].as_slice(), &["a", "c"], &["ab"], &["b", "a"], &["a", "b", "b"]] {
            assert_ne!(digest(&["a", "b"]), digest(other));
        }
    }
}
