//! A process of the app hangs: it takes what is brought and says nothing, longer than anybody waits
//! for it. What does not need it goes on, and once it goes on itself, nothing is lost or doubled.

use std::time::Duration;

use serde_json::{Value, json};
use test_support::wait::PATIENCE_WITH_A_BROKER;
use test_support::{App, Client, within};

use super::reminder::{Bell, LATE_MAX, LEAD, PATIENCE};
use crate::clock;
use crate::people::let_pass;
use crate::stage::Stage;

/// Longer than a lease of the relay, and than a sidecar takes to see that its app is not well.
const HANG: Duration = Duration::from_secs(20);
/// So many that not all of them have their events with the one that hangs: on Kafka it may read two
/// partitions of three.
const PEOPLE: usize = 12;

/// Somebody whose completed task is to come again.
struct Waiting {
    client: Client,
    task: Value,
}

pub(super) fn play(stage: &mut Stage) -> String {
    let people: Vec<Waiting> = (0..PEOPLE).map(|n| Waiting::sign_up(stage, n)).collect();
    match stage.share("recurrence") {
        Some(share) => as_one_of_five(stage, &share.app, &people),
        None => as_one_of_two(stage, &people),
    }
}

/// Reminders ring without the one that makes next instances.
fn as_one_of_five(stage: &Stage, recurrence: &App, people: &[Waiting]) -> String {
    let bell = Bell::of(&stage.person("not-held-up"));
    stage.settle();
    recurrence.freeze();
    for person in people {
        person.complete();
    }
    let reminder = bell.set(clock::now() + LEAD);
    let late = bell.rings(&reminder, PATIENCE);
    let_pass(HANG);
    let early = came_again(people);
    recurrence.thaw();
    assert!(late < LATE_MAX, "{} ms late", late.as_millis());
    assert_eq!(early, 0, "next instances without anybody who makes them");
    wait_for(people);
    stage.settle();
    bell.assert_silent();
    let late = late.as_millis();
    format!("a reminder {late} ms after its instant, {PEOPLE} next instances after {HANG:?}")
}

/// Half of the work is with the other one, which goes on.
fn as_one_of_two(stage: &Stage, people: &[Waiting]) -> String {
    let (replica, mut its_sidecar) = stage.replica();
    stage.settle();
    // Nobody stands in the middle of a commit then, which would hold everybody up on SQLite.
    replica.freeze();
    for person in people {
        person.complete();
    }
    let_pass(HANG);
    let meanwhile = came_again(people);
    replica.thaw();
    assert!(meanwhile > 0, "nobody's work went on");
    wait_for(people);
    stage.settle();
    its_sidecar.terminate();
    replica.stop();
    format!("{meanwhile} of {PEOPLE} next instances while one of two apps hung, the others after")
}

impl Waiting {
    fn sign_up(stage: &Stage, n: usize) -> Self {
        let client = stage.person(&format!("held-up-{n}"));
        let task = client.create(json!({
            "title": "Again", "due_at": "2027-01-31T09:00:00Z", "recurrence": "weekly",
        }));
        Waiting { client, task }
    }

    fn complete(&self) {
        self.client.complete(&self.task["id"]);
    }

    fn came_again(&self) -> bool {
        self.client.next_instance(&self.task).is_some()
    }
}

fn came_again(people: &[Waiting]) -> usize {
    people.iter().filter(|person| person.came_again()).count()
}

fn wait_for(people: &[Waiting]) {
    let all = || (came_again(people) == PEOPLE).then_some(());
    within(PATIENCE_WITH_A_BROKER, all).expect("everybody's next instance");
}
