//! How the process ends.

use std::process::Command;

use tempfile::TempDir;

use crate::support::{PUBSUB, SidecarProcess};

/// A folder with a folder of resources in it.
pub(super) fn folder() -> TempDir {
    let dir = tempfile::tempdir().expect("a directory");
    std::fs::create_dir(dir.path().join("resources")).expect("a folder");
    std::fs::write(dir.path().join("resources/ps.yaml"), PUBSUB).expect("a file");
    dir
}

fn started() -> (TempDir, SidecarProcess) {
    let dir = folder();
    let sidecar = SidecarProcess::start(dir.path(), &[]);
    (dir, sidecar)
}

pub(super) fn signal(sidecar: &SidecarProcess, name: &str) {
    let killed = Command::new("kill").args([name, &sidecar.id().to_string()]).status();
    assert!(killed.expect("kill runs").success());
}

#[test]
fn a_call_ends_it() {
    let (_dir, sidecar) = started();
    let url = format!("{}/v1.0/shutdown", sidecar.api);
    let answer = ureq::post(&url).send_empty().expect("an answer");
    assert_eq!(answer.status(), 204);
    assert!(sidecar.wait().success());
}

#[test]
fn sigterm_ends_it_in_order() {
    let (_dir, sidecar) = started();
    signal(&sidecar, "-TERM");
    assert!(sidecar.wait().success());
}
