//! What people do with tasks, apart from completing recurring ones.

use serde_json::{Value, json};
use test_support::{Call, Client, Ledger, eventually};

use super::run::{Scenario, Stage, answered};

/// Accepting, reading, committing, answering; then lease, batch, two topics, mark, look again,
/// release.
const CALLS_MIN: u64 = 10;
const KEY: &str = "the one request";

/// Recurring, and due when nobody waits for it.
fn plants() -> Value {
    json!({"title": "Water plants", "due_at": "2031-01-31T09:00:00Z", "recurrence": "monthly"})
}

/// One request about the first task. In the end the log tells of these events, in this order.
#[track_caller]
fn check(name: &str, stage: &Stage, call: &Call, status: u16, told: &[&str], tasks: usize) {
    Scenario {
        name,
        calls_min: CALLS_MIN,
        stage,
        act: &|_, client| answered(client, call, status),
        is_done: &|ledger, _| ledger.events.len() >= told.len(),
        check: &|ledger| {
            let kinds: Vec<&str> = ledger.events.iter().map(|event| event.kind()).collect();
            assert_eq!(kinds, told);
            assert_eq!(ledger.tasks.len(), tasks);
        },
    }
    .walk();
}

fn of_the_first(method: &str, rest: &str) -> Call {
    Call::new(method, &format!("/api/me/tasks/1{rest}")).once(KEY)
}

fn complete(client: &Client, task: &Value) {
    client.complete(&task["id"]);
    eventually("the next instance", || client.next_instance(task));
}

#[test]
fn dying_at_any_host_call_of_a_creation_makes_one_task_and_one_event() {
    let stage = Stage::with_user(|_| {});
    let create = Call::post("/api/me/tasks", plants()).once(KEY);
    check("creating a task", &stage, &create, 201, &["task.created"], 1);
}

#[test]
fn dying_at_any_host_call_of_an_update_makes_one_version() {
    let stage = Stage::with_user(|client| drop(client.create(plants())));
    let update = of_the_first("PATCH", "").json(json!({"due_at": "2031-02-01T09:00:00Z"}));
    check("updating a task", &stage, &update, 200, &["task.created", "task.updated"], 1);
}

#[test]
fn dying_at_any_host_call_of_a_deletion_deletes_once() {
    let stage = Stage::with_user(|client| drop(client.create(plants())));
    let delete = of_the_first("DELETE", "");
    check("deleting a task", &stage, &delete, 204, &["task.created", "task.deleted"], 0);
}

#[test]
fn dying_at_any_host_call_of_a_skip_moves_the_occurrence_once() {
    let stage = Stage::with_user(|client| drop(client.create(plants())));
    let skip = of_the_first("POST", "/skip");
    check("skipping an occurrence", &stage, &skip, 200, &["task.created", "task.updated"], 1);
}

#[test]
fn dying_at_any_host_call_of_a_reopening_withdraws_the_one_successor() {
    let stage = Stage::with_user(|client| complete(client, &client.create(plants())));
    let reopen = of_the_first("POST", "/reopen");
    let told = ["task.created", "task.completed", "task.created", "task.updated", "task.deleted"];
    let before: &Ledger = &stage.ledger();
    assert_eq!(before.successions.len(), 1);
    check("reopening a task", &stage, &reopen, 200, &told, 1);
}
