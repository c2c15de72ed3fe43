//! Files of known formats that hold secrets: by name, or by how they begin.

use super::hit::Hit;
use super::scan::Input;

/// The secrets of a file whose format its path or its first bytes tell.
pub(super) fn read(input: &Input<'_>) -> Vec<Hit> {
    let _ = input;
    Vec::new()
}
