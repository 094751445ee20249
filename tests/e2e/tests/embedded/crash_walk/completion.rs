//! The main job: a recurring task is completed, and its next instance appears.

use serde_json::json;
use test_support::Call;

use super::run::{Scenario, Stage, answered};

/// Accepting, reading, committing and answering the completion, publishing it on two topics, and
/// the same again for its consumer.
const CALLS_MIN: u64 = 25;

#[test]
fn dying_at_any_host_call_of_a_completion_loses_nothing_and_doubles_nothing() {
    let stage = Stage::with_user(|client| {
        client.create(json!({
            "title": "Water plants", "due_at": "2031-01-31T09:00:00Z", "recurrence": "monthly",
        }));
    });
    let complete = Call::new("POST", "/api/me/tasks/1/complete").once("the one completion");
    Scenario {
        name: "completing a recurring task",
        calls_min: CALLS_MIN,
        stage: &stage,
        act: &|_, client| answered(client, &complete, 200),
        is_done: &|ledger, _| ledger.tasks.len() >= 2,
        check: &|ledger| {
            let kinds: Vec<&str> = ledger.events.iter().map(|event| event.kind()).collect();
            assert_eq!(kinds, ["task.created", "task.completed", "task.created"]);
            assert_eq!(ledger.completed_occurrences(), 1);
            assert_eq!(ledger.successions.len(), 1);
            assert_eq!(ledger.tasks[1].occurrence, Some(2));
        },
    }
    .walk();
}
