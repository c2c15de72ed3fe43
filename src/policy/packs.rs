//! The packs that gatecheck ships.

/// Every pack by name, with its text.
const ALL: [(&str, &str); 3] = [
    ("default", include_str!("../../policies/default.yaml")),
    ("doctor", include_str!("../../policies/doctor.yaml")),
    ("doctor-remote", include_str!("../../policies/doctor-remote.yaml")),
];

/// The pack that judges a repository without a policy.
pub(super) const DEFAULT: &str = "default";

/// The text of a pack.
#[must_use]
pub fn find(name: &str) -> Option<&'static str> {
    ALL.iter().find(|(it, _)| *it == name).map(|(_, text)| *text)
}

/// The names of all packs.
#[must_use]
pub fn names() -> Vec<&'static str> {
    ALL.iter().map(|(name, _)| *name).collect()
}
