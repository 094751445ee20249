//! I6 against the marks: every title begins with the mark of the user whose row it is in, and every
//! message went to the user it speaks of.

use std::collections::BTreeMap;

use test_support::Ledger;
use test_support::invariants::Invariant;

use crate::findings::TaskKey;
use crate::run::Run;

/// Gives how many rows, events and messages were looked at.
pub(super) fn check(run: &Run, ledger: &Ledger) -> u64 {
    let people = run.people.all();
    let marks: BTreeMap<&str, &str> =
        people.iter().map(|person| (person.user_id.as_str(), person.mark.as_str())).collect();
    let is_own = |user: &str, title: &str| marks.get(user).is_some_and(|it| title.starts_with(it));
    let broken = |user: &str, number: i64, what: String| {
        run.findings.of_task(Invariant::NoRowCrossesUsers, TaskKey::new(user, number), what);
    };
    for task in ledger.tasks.iter().filter(|task| !is_own(&task.user, &task.title)) {
        broken(&task.user, task.number, format!("the row of another user: {task:?}"));
    }
    for event in &ledger.events {
        let data = &event.body["data"];
        let title = data["task_data"]["title"].as_str().unwrap_or_default();
        if data["user_id"] != event.user.as_str() || !is_own(&event.user, title) {
            broken(&event.user, event.number, format!("the event of another user: {}", event.body));
        }
    }
    let messages = run.receiver.messages();
    for message in messages.values() {
        let (addressee, data) = (&message.addressee, &message.data);
        if data["user_id"] != addressee.as_str() {
            let number = data["task_id"].as_i64().unwrap_or_default();
            broken(addressee, number, format!("the message of another user: {data}"));
        }
    }
    (ledger.tasks.len() + ledger.events.len() + messages.len()) as u64
}
