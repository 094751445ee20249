//! The guest that tries the host's interfaces one by one, built once per test run.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use crate::checkout;

/// The component, compiled for wasm32-wasip2.
pub fn wasm() -> &'static Path {
    static WASM: OnceLock<PathBuf> = OnceLock::new();
    WASM.get_or_init(build)
}

/// Where tests keep compiled machine code, so that each host starts at once.
pub fn cache_dir() -> PathBuf {
    target_dir().join("compiled")
}

/// Cargo waits for its own lock, so that test processes running side by side build once.
fn build() -> PathBuf {
    let manifest = checkout::root().join("crates/embedded-host/guests/probe/Cargo.toml");
    let output = Command::new(env!("CARGO"))
        .args(["build", "--release", "--locked", "--target", "wasm32-wasip2", "--manifest-path"])
        .arg(&manifest)
        .arg("--target-dir")
        .arg(target_dir())
        .env_remove("RUSTFLAGS")
        .env_remove("CARGO_ENCODED_RUSTFLAGS")
        .output()
        .unwrap_or_else(|error| panic!("cannot run cargo: {error}"));
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    target_dir().join("wasm32-wasip2/release/probe.wasm")
}

/// Beside this test binary: `<target>/<profile>/deps/<test>` and `<target>/guests`.
fn target_dir() -> PathBuf {
    let test = std::env::current_exe().unwrap_or_else(|error| panic!("{error}"));
    let target = test.ancestors().nth(3);
    target.unwrap_or_else(|| panic!("{} is no test of cargo's", test.display())).join("guests")
}
