//! The one thing a plain Rust installation may lack: the target that components are built for.

use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result, ensure};

use crate::program;
use crate::workspace::Workspace;

pub(crate) const WASM_TARGET: &str = "wasm32-wasip2";

/// Installs the target through rustup when the compiler does not have it yet.
pub(crate) fn ensure_wasm_target(workspace: &Workspace) -> Result<()> {
    if target_folder(workspace)?.is_dir() {
        return Ok(());
    }
    eprintln!("The Rust target {WASM_TARGET} is missing; installing it with rustup.");
    let mut rustup = Command::new("rustup");
    rustup.args(["target", "add", WASM_TARGET]).current_dir(workspace.root());
    program::run(&mut rustup).with_context(|| {
        format!("the components need the Rust target {WASM_TARGET}; install it and try again")
    })
}

/// The compiler is asked through cargo's own proxy rules, so a pinned toolchain is respected.
fn target_folder(workspace: &Workspace) -> Result<PathBuf> {
    let rustc = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let output = Command::new(rustc)
        .args(["--print", "sysroot"])
        .current_dir(workspace.root())
        .output()
        .context("cannot start rustc")?;
    ensure!(output.status.success(), "rustc cannot tell its sysroot");
    let sysroot = String::from_utf8(output.stdout).context("the sysroot is not UTF-8")?;
    Ok(PathBuf::from(sysroot.trim()).join("lib/rustlib").join(WASM_TARGET))
}
