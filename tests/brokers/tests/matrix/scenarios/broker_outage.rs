//! The broker dies and is away for a while. Nobody who works notices; what was published before is
//! still there afterwards, and what could not be published is published then.

use std::env;
use std::time::Duration;

use test_support::{BrokerKind, Client, eventually};

use crate::people::{let_pass, work_for, work_while};
use crate::selection::Selection;
use crate::stage::Stage;

/// Names another outage, in seconds.
const VARIABLE: &str = "TASKMASTER_TEST_OUTAGE_S";
/// As long as a broker that is restarted on another machine is away.
const OUTAGE: Duration = Duration::from_secs(60);
/// Longer than a publish waits, and than the breaker's first pauses.
const OUTAGE_SHORT: Duration = Duration::from_secs(8);
/// Long enough for events to be on their way when it dies.
const LIFE: Duration = Duration::from_secs(2);
/// Far more than a sidecar needs to see that a connection is gone.
const NOTICED: Duration = Duration::from_secs(1);

pub(super) fn play(stage: &mut Stage) -> String {
    let outage = outage();
    let people = ["unbroken", "undisturbed"].map(|name| stage.person(name));
    let completed = match stage.setting.broker {
        BrokerKind::Kafka | BrokerKind::Redis => {
            work_while(&people, || {
                let_pass(LIFE);
                stage.backbone.broker_mut().kill();
                be_away(stage, outage);
            })
            .1
        }
        BrokerKind::RabbitMq => dies_at_rest(stage, &people, outage),
    };
    let after = work_for(&people, LIFE);
    assert!(completed > 0 && after > 0, "the people hardly got anything done");
    format!("{completed} tasks completed around {outage:?} without it, {after} later")
}

/// Dapr calls an event published whose confirmation was still to come when its connection to
/// RabbitMQ broke: one such event is lost there, with no word to whoever published it. So nothing
/// is on its way at that moment; docs/OPERATIONS.md says what it means.
fn dies_at_rest(stage: &mut Stage, people: &[Client], outage: Duration) -> usize {
    let before = work_for(people, LIFE);
    stage.settle();
    stage.backbone.broker_mut().kill();
    let_pass(NOTICED);
    let ((), completed) = work_while(people, || {
        be_away(stage, outage);
        // Dapr's subscribers come back to it all at once, and get in each other's way on the one
        // channel that they share: some events wait for a new sidecar (components-contrib#4540).
        for share in &mut stage.shares {
            share.sidecar.restart();
        }
    });
    before + completed
}

/// It is dead already, and comes back in the end.
fn be_away(stage: &mut Stage, outage: Duration) {
    eventually("events that wait", || (!stage.app().outbox_is_empty()).then_some(()));
    let_pass(outage);
    assert!(!stage.app().outbox_is_empty(), "somebody took events without a broker");
    stage.backbone.broker_mut().restart();
}

fn outage() -> Duration {
    match env::var(VARIABLE) {
        Ok(named) => {
            let seconds = named.parse().map(Duration::from_secs);
            seconds.unwrap_or_else(|error| panic!("{VARIABLE} is {named:?}: {error}"))
        }
        Err(_) if Selection::of_this_run() == Selection::Short => OUTAGE_SHORT,
        Err(_) => OUTAGE,
    }
}
