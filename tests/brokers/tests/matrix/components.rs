//! Which components an app runs, to the byte.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;

use sha2::{Digest, Sha256};
use test_support::checkout;

/// Each component's SHA-256, by its id.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Components(pub(crate) BTreeMap<String, String>);

impl Components {
    /// Those that the manifest names, as they lie there now.
    pub(crate) fn read() -> Self {
        let manifest = fs::read_to_string(checkout::manifest()).expect("the manifest");
        let manifest: toml::Table = manifest.parse().expect("TOML");
        let components = manifest["component"].as_table().expect("components");
        let hashes = components.iter().map(|(id, component)| {
            let source = component["source"].as_str().expect("a source that is a file");
            let wasm = fs::read(checkout::root().join(source)).expect("a built component");
            (id.clone(), in_hex(&Sha256::digest(wasm)))
        });
        Components(hashes.collect())
    }
}

fn in_hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut hex, byte| {
        // Writing into a string cannot fail.
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}
