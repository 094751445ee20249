//! Numbering and logging of host calls; dying is proved on a spawned process.

use std::sync::Arc;

use super::{HostCallKind, HostCalls};

#[test]
fn calls_are_numbered_from_one_and_logged_in_order() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("calls");
    let calls = Arc::new(HostCalls::new(None, Some(&path)).unwrap());
    calls.begin(HostCallKind::Inbound, "api", "GET /tasks").finish();
    calls.begin(HostCallKind::Sql, "api", "SELECT\n  1").finish();
    calls.begin(HostCallKind::Sql, "api", "x".repeat(200)).finish();
    let log = std::fs::read_to_string(&path).unwrap();
    let long = format!("3 sql api {}\n", "x".repeat(80));
    assert_eq!(log, format!("1 inbound api GET /tasks\n2 sql api SELECT 1\n{long}"));
}
