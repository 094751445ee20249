//! SIGHUP has the resources read again.

use std::time::{Duration, Instant};

use super::shutdown::{folder, signal};
use crate::support::{PUBSUB, SidecarProcess};

/// Far more than reading two files takes.
const TAKEN_WITHIN: Duration = Duration::from_secs(30);

/// Nothing but the signal can bring it about.
const WITHOUT_HOT_RELOAD: &str = "
apiVersion: dapr.io/v1alpha1
kind: Configuration
metadata: {name: c}
spec: {features: [{name: HotReload, enabled: false}]}
";

#[test]
fn sighup_takes_over_what_changed() {
    let dir = folder();
    let configuration = dir.path().join("configuration.yaml");
    std::fs::write(&configuration, WITHOUT_HOT_RELOAD).expect("a file");
    let configuration = configuration.to_str().expect("a path of text");
    let sidecar = SidecarProcess::start(dir.path(), &["--config", configuration]);
    let late = PUBSUB.replace("ps", "late");
    std::fs::write(dir.path().join("resources/late.yaml"), late).expect("a file");
    signal(&sidecar, "-HUP");
    let url = format!("{}/v1.0/publish/late/t", sidecar.api);
    let began = Instant::now();
    while ureq::post(&url).content_type("application/json").send("1").is_err() {
        assert!(began.elapsed() < TAKEN_WITHIN, "the new component is not there");
    }
    signal(&sidecar, "-TERM");
    assert!(sidecar.wait().success());
}
