//! Where things lie in this checkout.

use std::path::{Path, PathBuf};

/// The folder of the root manifest.
pub fn root() -> PathBuf {
    let crates = Path::new(env!("CARGO_MANIFEST_DIR")).parent();
    let root = crates.and_then(Path::parent);
    root.unwrap_or_else(|| panic!("this crate lies outside of a checkout")).to_owned()
}

/// The manifest that the tests run, once its components are built.
pub fn manifest() -> PathBuf {
    let manifest = root().join("spin.toml");
    let text = std::fs::read_to_string(&manifest)
        .unwrap_or_else(|error| panic!("cannot read {}: {error}", manifest.display()));
    let sources = text.lines().filter_map(|line| {
        let source = line.strip_prefix("source = \"")?;
        source.strip_suffix('"')
    });
    for source in sources {
        let component = root().join(source);
        assert!(component.exists(), "{source} is not built; run `cargo xtask build`");
    }
    manifest
}
