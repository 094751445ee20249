//! A message that no consumer can take: buried as one letter, and replayed by an operator.

use serde_json::{Value, json};
use task_contracts::names::Topic;
use test_support::client::Unanswered;
use test_support::{App, Call, Ledger, Topics};

use super::run::{Scenario, Stage, answered};

const ID: &str = "a message of tomorrow";
const TOPIC: Topic = Topic::TaskEvents;
/// Taking the letter, keeping it, acknowledging.
const BURIAL_CALLS_MIN: u64 = 3;
/// The operator's list, the replay, the publication, and the burial that follows.
const REPLAY_CALLS_MIN: u64 = 8;

fn publish(app: &App) -> Result<(), Unanswered> {
    let message = json!({
        "specversion": "1.0", "id": ID, "source": "tests/dead-letter", "type": "task.merged",
        "datacontenttype": "application/json", "data": {"why": "not yet understood"},
    });
    app.broker().offer(TOPIC.as_str(), &message, "nobody").map(|status| assert_eq!(status, 204))
}

fn stage(set: impl FnOnce(&App)) -> Stage {
    Stage::set(App::builder().offering_the_sidecar(), |app| {
        set(app);
        app.operator()
    })
}

fn replay(app: &App) -> Result<(), Unanswered> {
    let operator = app.operator();
    let listed = operator.try_call(&Call::get("/admin/dead-letters"))?.expect(200).json();
    let id: &Value = &listed["dead_letters"][0]["id"];
    answered(&operator, &Call::new("POST", &format!("/admin/dead-letters/{id}/replay")), 200)
}

fn times_buried(topics: &Topics) -> usize {
    topics.on(TOPIC.dead_letter()).filter(|record| record.event["id"] == ID).count()
}

fn is_open(ledger: &Ledger) -> bool {
    ledger.letters.iter().any(|letter| letter.event_id == ID && !letter.is_replayed)
}

fn check_one_open_letter(ledger: &Ledger) {
    let letters: Vec<_> = ledger.letters.iter().map(|it| (&*it.topic, &*it.event_id)).collect();
    assert_eq!(letters, [(TOPIC.as_str(), ID)]);
    assert!(is_open(ledger));
}

#[test]
fn dying_at_any_host_call_of_a_burial_keeps_one_letter() {
    Scenario {
        name: "a message is buried",
        calls_min: BURIAL_CALLS_MIN,
        stage: &stage(|_| {}),
        act: &|app, _| publish(app),
        is_done: &|ledger, _| is_open(ledger),
        check: &check_one_open_letter,
    }
    .walk();
}

/// Still nobody understands it, so it comes back: as the same letter, open again.
#[test]
fn dying_at_any_host_call_of_a_replay_brings_the_same_letter_back() {
    let stage = stage(|app| publish(app).expect("the sidecar takes it"));
    Scenario {
        name: "a dead letter is replayed",
        calls_min: REPLAY_CALLS_MIN,
        stage: &stage,
        act: &|app, _| replay(app),
        is_done: &|ledger, topics| times_buried(topics) >= 2 && is_open(ledger),
        check: &check_one_open_letter,
    }
    .walk();
}
