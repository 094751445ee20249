//! The broker dies and is away for a while. Nobody who works notices; what was published before is
//! still there afterwards, and what could not be published is published then.

use std::env;
use std::time::Duration;

use test_support::{BrokerKind, eventually};

use crate::people::{let_pass, work_for, work_while};
use crate::stage::Stage;

/// Names a longer outage, in seconds.
const VARIABLE: &str = "TASKMASTER_TEST_OUTAGE_S";
/// Longer than every timeout on the way of an event.
const OUTAGE: Duration = Duration::from_secs(20);
/// Long enough for events to be on their way when it dies.
const LIFE: Duration = Duration::from_secs(2);

pub(super) fn play(stage: &mut Stage) -> String {
    let outage = outage();
    let people = ["unbroken", "undisturbed"].map(|name| stage.person(name));
    let Stage { backbone, app, sidecar, broker, .. } = stage;
    let ((), completed) = work_while(&people, || {
        let_pass(LIFE);
        backbone.broker_mut().kill();
        eventually("events that wait", || (!app.outbox_is_empty()).then_some(()));
        let_pass(outage);
        assert!(!app.outbox_is_empty(), "somebody took events without a broker");
        backbone.broker_mut().restart();
        if *broker == BrokerKind::RabbitMq {
            // Dapr's subscribers come back to it all at once, and get in each other's way on the
            // one channel that they share: some events wait for a new sidecar
            // (components-contrib#4540).
            sidecar.restart();
        }
    });
    let after = work_for(&people, LIFE);
    assert!(completed > 0 && after > 0, "the people hardly got anything done");
    format!("{completed} tasks completed around {outage:?} without it, {after} later")
}

fn outage() -> Duration {
    let Ok(named) = env::var(VARIABLE) else { return OUTAGE };
    let seconds = named.parse().map(Duration::from_secs);
    seconds.unwrap_or_else(|error| panic!("{VARIABLE} is {named:?}: {error}"))
}
