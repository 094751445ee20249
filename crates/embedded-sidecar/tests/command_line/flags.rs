//! daprd's command line.

use crate::support::{PUBSUB, SidecarProcess, binary};

fn directory() -> tempfile::TempDir {
    let dir = tempfile::tempdir().expect("a directory");
    std::fs::create_dir(dir.path().join("resources")).expect("a folder");
    std::fs::write(dir.path().join("resources/ps.yaml"), PUBSUB).expect("a file");
    dir
}

#[test]
fn known_flags_without_a_meaning_are_accepted_with_one_warning() {
    let dir = directory();
    let flags = ["-placement-host-address", "x:1", "--scheduler-host-address=y:2", "-enable-mtls"];
    let sidecar = SidecarProcess::start(dir.path(), &flags);
    let warnings: Vec<_> =
        sidecar.start_log.iter().filter(|line| line.contains("no effect here")).collect();
    assert_eq!(warnings.len(), 1, "{:?}", sidecar.start_log);
    for name in ["placement-host-address", "scheduler-host-address", "enable-mtls"] {
        assert!(warnings[0].contains(name), "{name}: {}", warnings[0]);
    }
}

#[test]
fn a_component_of_another_brokers_type_is_served_with_a_warning() {
    let dir = directory();
    let kafka = PUBSUB.replace("pubsub.in-memory", "pubsub.kafka");
    std::fs::write(dir.path().join("resources/ps.yaml"), kafka).expect("a file");
    let sidecar = SidecarProcess::start(dir.path(), &[]);
    let warned = sidecar.start_log.iter().any(|line| line.contains("ps (pubsub.kafka)"));
    assert!(warned, "{:?}", sidecar.start_log);
}

#[test]
fn an_unknown_flag_and_a_missing_app_id_end_it() {
    let unknown = binary().args(["--app-id", "a", "--app-prot", "1"]).output().expect("it runs");
    assert!(!unknown.status.success());
    assert!(String::from_utf8_lossy(&unknown.stderr).contains("--app-prot"));

    let anonymous = binary()
        .args(["--dapr-http-port", "0", "--enable-metrics=false"])
        .output()
        .expect("it runs");
    assert!(!anonymous.status.success());
    assert!(String::from_utf8_lossy(&anonymous.stderr).contains("the app id is empty"));
}
