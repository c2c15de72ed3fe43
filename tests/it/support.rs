//! What several tests need.

use std::path::{Path, PathBuf};

/// The root of this repository.
pub(crate) fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Whether generated files are to be written anew: `BLESS=1 cargo test`.
pub(crate) fn blessing() -> bool {
    std::env::var_os("BLESS").is_some_and(|value| value == "1")
}

/// Compares a generated file with what it should be, or writes it when blessing.
pub(crate) fn assert_current(path: &PathBuf, wanted: &str) {
    if blessing() {
        std::fs::write(path, wanted).unwrap();
        return;
    }
    let found = std::fs::read_to_string(path).unwrap_or_default();
    assert!(found == wanted, "{} is out of date; run `BLESS=1 cargo test` and read the difference", path.display());
}
