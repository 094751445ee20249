//! One log, one writer.

use embedded_sidecar::{LogError, SidecarError};
use serde_json::json;

use crate::support::{Fixture, PUBSUB, StubApp, status};

#[tokio::test(start_paused = true)]
async fn a_second_sidecar_is_refused_the_data_directory_of_a_running_one() {
    let app = StubApp::new(json!([]), |_| status(200));
    let first = Fixture::start(PUBSUB, &app).await;
    let taken = first.dir.path().join("data");
    let dir = tempfile::tempdir().expect("a directory");
    let second = Fixture::start_in(dir, PUBSUB, &app, |config| config.data_dir = taken).await;
    assert!(matches!(second.err(), Some(SidecarError::Log(LogError::InUse { .. }))));
}
