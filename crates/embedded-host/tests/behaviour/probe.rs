//! The guest of the tests, built once per test run.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

/// The component, compiled for wasm32-wasip2.
pub(crate) fn wasm() -> &'static Path {
    static WASM: OnceLock<PathBuf> = OnceLock::new();
    WASM.get_or_init(build)
}

/// Where tests keep compiled machine code, so that each host starts at once.
pub(crate) fn cache_dir() -> PathBuf {
    target_dir().join("compiled")
}

/// Cargo waits for its own lock, so that test processes running side by side build once.
fn build() -> PathBuf {
    let manifest = Path::new(env!("CARGO_MANIFEST_DIR")).join("guests/probe/Cargo.toml");
    let output = Command::new(env!("CARGO"))
        .args(["build", "--release", "--locked", "--target", "wasm32-wasip2", "--manifest-path"])
        .arg(&manifest)
        .arg("--target-dir")
        .arg(target_dir())
        .env_remove("RUSTFLAGS")
        .env_remove("CARGO_ENCODED_RUSTFLAGS")
        .output()
        .expect("cargo runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    target_dir().join("wasm32-wasip2/release/probe.wasm")
}

/// Beside this test binary: `<target>/<profile>/deps/<test>` and `<target>/guests`.
fn target_dir() -> PathBuf {
    let test = std::env::current_exe().expect("the test has a path");
    let target = test.ancestors().nth(3).expect("the test is below the target folder");
    target.join("guests")
}
