//! The kinds of secrets that are told by their place: beside a name, in an address, in a file of a known format.

use super::hit::Placed;

pub(super) const PASSWORD: Placed = Placed {
    id: "password",
    title: "password",
    harm: "signs in with it wherever it is used",
    revoke: "change it where it is used, and read it from the environment or a vault",
};

/// All of them.
pub(super) const ALL: &[&Placed] = &[&PASSWORD];
