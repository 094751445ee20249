//! One more app with a sidecar of its own joins and leaves while people work. Each event is taken
//! by one of them, whichever is there.

use std::time::Duration;

use serde_json::json;
use test_support::{Client, eventually};

use crate::people::{let_pass, work_while};
use crate::stage::Stage;

/// Long enough for consumers to share anew, and to work shared.
const LIFE: Duration = Duration::from_secs(4);

pub(super) fn play(stage: &mut Stage) -> String {
    let names = ["one", "two", "three", "four"];
    let people = names.map(|name| stage.person(&format!("shared-{name}")));
    let witness = stage.person("witness");
    let ((replica, mut its_sidecar), together) = work_while(&people, || {
        let_pass(LIFE);
        let replica = stage.replica();
        let_pass(LIFE);
        replica
    });
    // An orderly end: what it was at is done, and the other one takes over.
    let there = |person: &Client| replica.client().with_token(person.token());
    let ((), alone) = work_while(&people.each_ref().map(there), || {
        stage.shares[0].sidecar.terminate();
        comes_again(&there(&witness));
    });
    stage.shares[0].sidecar.restart();
    // And one without an end.
    let ((), last) = work_while(&people, || {
        let_pass(LIFE);
        its_sidecar.kill();
        let mut replica = replica;
        replica.kill();
        replica.leave_undrained();
        comes_again(&witness);
    });
    assert!(together > 0 && alone > 0 && last > 0, "the people hardly got anything done");
    format!("{together} tasks completed as one joined, {alone} with it alone, {last} as it died")
}

/// Somebody is there who consumes.
fn comes_again(client: &Client) {
    let task = client.create(json!({
        "title": "Whoever is there", "due_at": "2027-01-31T09:00:00Z", "recurrence": "weekly",
    }));
    client.complete(&task["id"]);
    eventually("the next instance", || client.next_instance(&task));
}
