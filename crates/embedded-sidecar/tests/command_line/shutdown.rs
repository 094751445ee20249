//! How the process ends.

use crate::support::{PUBSUB, SidecarProcess};

fn started() -> (tempfile::TempDir, SidecarProcess) {
    let dir = tempfile::tempdir().expect("a directory");
    std::fs::create_dir(dir.path().join("resources")).expect("a folder");
    std::fs::write(dir.path().join("resources/ps.yaml"), PUBSUB).expect("a file");
    let sidecar = SidecarProcess::start(dir.path(), &[]);
    (dir, sidecar)
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
    let killed = std::process::Command::new("kill")
        .args(["-TERM", &sidecar.id().to_string()])
        .status()
        .expect("kill runs");
    assert!(killed.success());
    assert!(sidecar.wait().success());
}
