//! A scheduler that forgets everything.

use chrono::Duration;
use test_support::{Resources, Sidecar};

use crate::reminders::{ms, ringing_in, wait_for_due};

/// The sweep's period, its grace, and a busy machine.
const SWEPT_LATE_MAX_MS: i64 = 20_000;

#[test]
fn the_sweep_rings_what_the_scheduler_lost() {
    let resources = Resources::with_cron_every_second();
    let (app, mut sidecar) = Sidecar::with_app(resources);
    let client = app.client().sign_up("lost@example.org");
    let task = ringing_in(&client, Duration::seconds(4));
    app.settle();
    sidecar.kill();
    app.data().forget_jobs();
    sidecar.start();
    let (event, published_at_ms) = wait_for_due(&app, 1).remove(0);
    assert_eq!(event["data"]["task_id"], task["id"]);
    let late_ms = published_at_ms - ms(&event["data"]["fire_at"]);
    assert!((0..SWEPT_LATE_MAX_MS).contains(&late_ms), "{late_ms} ms late");
    app.settle();
    app.stop();
}
