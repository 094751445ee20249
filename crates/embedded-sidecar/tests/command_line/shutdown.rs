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

#[test]
fn metrics_are_served_on_their_own_port() {
    let (_dir, sidecar) = started();
    let publish = format!("{}/v1.0/publish/ps/t", sidecar.api);
    ureq::post(&publish).content_type("application/json").send("1").expect("published");
    let mut answer = ureq::get(format!("{}/metrics", sidecar.metrics)).call().expect("an answer");
    let text = answer.body_mut().read_to_string().expect("text");
    let series = concat!(
        r#"dapr_component_pubsub_egress_count{app_id="app",component="ps","#,
        r#"topic="t",success="true"} 1"#
    );
    assert!(text.contains(series), "{text}");
}

#[test]
fn a_body_over_the_limit_is_refused_without_being_read_to_its_end() {
    let dir = tempfile::tempdir().expect("a directory");
    std::fs::create_dir(dir.path().join("resources")).expect("a folder");
    std::fs::write(dir.path().join("resources/ps.yaml"), PUBSUB).expect("a file");
    let sidecar = SidecarProcess::start(dir.path(), &["--max-body-size", "1Ki"]);
    let agent: ureq::Agent =
        ureq::Agent::config_builder().http_status_as_error(false).build().into();
    let url = format!("{}/v1.0/publish/ps/t", sidecar.api);
    let send = |bytes: usize| {
        let body = vec![b'x'; bytes];
        agent.post(&url).content_type("text/plain").send(&body[..]).expect("an answer").status()
    };
    assert_eq!(send(1024), 204);
    assert_eq!(send(1025), 500);
}
