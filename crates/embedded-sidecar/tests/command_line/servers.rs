//! The sockets of the process: the API within its limits, and the metrics.

use crate::support::{PUBSUB, SidecarProcess};

fn started(arguments: &[&str]) -> (tempfile::TempDir, SidecarProcess) {
    let dir = tempfile::tempdir().expect("a directory");
    std::fs::create_dir(dir.path().join("resources")).expect("a folder");
    std::fs::write(dir.path().join("resources/ps.yaml"), PUBSUB).expect("a file");
    let sidecar = SidecarProcess::start(dir.path(), arguments);
    (dir, sidecar)
}

fn agent() -> ureq::Agent {
    ureq::Agent::config_builder().http_status_as_error(false).build().into()
}

#[test]
fn metrics_are_served_on_their_own_port() {
    let (_dir, sidecar) = started(&[]);
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
fn a_body_over_the_limit_is_refused() {
    let (_dir, sidecar) = started(&["--max-body-size", "1Ki"]);
    let agent = agent();
    let url = format!("{}/v1.0/publish/ps/t", sidecar.api);
    let send = |bytes: usize| {
        let body = vec![b'x'; bytes];
        agent.post(&url).content_type("text/plain").send(&body[..]).expect("an answer").status()
    };
    assert_eq!(send(1024), 204);
    assert_eq!(send(1025), 500);
}

#[test]
fn a_request_head_over_the_limit_is_431() {
    for (size, limit, expected) in [(4_000, "4Ki", 204), (9_000, "4Ki", 431), (9_000, "16Ki", 204)]
    {
        let (_dir, sidecar) = started(&["--read-buffer-size", limit]);
        let url = format!("{}/v1.0/healthz", sidecar.api);
        let answer = agent().get(&url).header("x-padding", "x".repeat(size)).call();
        assert_eq!(answer.expect("an answer").status(), expected, "{size} bytes, limit {limit}");
    }
}
