//! The end of an account: its farewell is told once, and nothing of it is left.

use serde_json::json;
use task_contracts::names::{EventType, Topic, route};
use test_support::client::Unanswered;
use test_support::{App, Call, Client, Ledger, Topics, eventually};

use super::run::{Scenario, Stage};

/// The password's hash, the commit, the farewell's way out, the scheduler's forgetting, and a
/// statement for each table that is emptied.
const CALLS_MIN: u64 = 25;

#[test]
fn dying_at_any_host_call_of_an_account_s_end_leaves_nothing_of_it() {
    let stage = Stage::with_user(|client| {
        client.create(json!({"title": "Call", "due_at": "2031-01-31T09:00:00Z"}));
    });
    Scenario {
        name: "an account ends, and is erased",
        calls_min: CALLS_MIN,
        stage: &stage,
        act: &end,
        is_done: &|ledger, topics| ledger.users.is_empty() && farewells(topics) > 0,
        check: &|ledger| {
            let rows = [
                ledger.users.len(),
                ledger.tasks.len(),
                ledger.events.len(),
                ledger.reminders.len(),
            ];
            assert_eq!(rows, [0; 4]);
        },
    }
    .walk();
}

/// Ends it, and sweeps until nothing is left. Who was not answered asks again, and may hear that
/// there is no such account any more.
fn end(app: &App, client: &Client) -> Result<(), Unanswered> {
    let delete = json!({"password": client.password()});
    let answer = client.try_call(&Call::new("DELETE", "/api/me/profile").json(delete))?;
    assert!(matches!(answer.status, 204 | 401), "{}", answer.text());
    let sidecar = client.anonymous();
    eventually("it is erased, or the app died", || {
        for tick in [route::CRON_REMINDERS, route::CRON_RELAY] {
            if let Err(unanswered) = sidecar.try_call(&Call::post(tick, json!({}))) {
                return Some(Err(unanswered));
            }
        }
        Ledger::read(app.data()).users.is_empty().then_some(Ok(()))
    })
}

fn farewells(topics: &Topics) -> usize {
    let records = topics.on(Topic::TaskEvents.as_str());
    records.filter(|it| it.event["type"] == EventType::UserDeleted.as_str()).count()
}
