//! I2 against the rows: a completed occurrence has one next instance, unless its series has ended
//! with it; and no occurrence has two that were not taken back.

use std::collections::BTreeMap;

use serde_json::Value;
use task_contracts::names::EventType;
use test_support::Ledger;
use test_support::invariants::Invariant;
use test_support::ledger::Event;

use super::Changes;
use super::changes::RECURRENCE;
use crate::findings::TaskKey;
use crate::run::Run;

/// Gives how many completed occurrences were looked at.
pub(super) fn check(run: &Run, ledger: &Ledger, changes: &Changes<'_>) -> u64 {
    let broken = |task: &TaskKey, what: String| {
        run.findings.of_task(Invariant::EachCompletionHasItsSuccessor, task.clone(), what);
    };
    let claimed: BTreeMap<_, i64> = ledger
        .successions
        .iter()
        .map(|it| ((it.user.as_str(), it.series.as_str(), it.occurrence), it.successor))
        .collect();
    let mut checked = 0;
    for row in ledger.tasks.iter().filter(|row| row.is_completed) {
        let Some((series, occurrence)) = row.series.as_deref().zip(row.occurrence) else {
            continue;
        };
        checked += 1;
        let task = TaskKey::new(&row.user, row.number);
        let last = changes.get(&task).and_then(|events| events.last());
        let has_ended = last.is_some_and(|event| is_last(event, occurrence));
        let next = claimed.get(&(row.user.as_str(), series, occurrence));
        match next {
            None if !has_ended => broken(&task, "completed, and nothing follows".to_owned()),
            Some(next) if has_ended => {
                broken(&task, format!("the last of its series, and task {next} follows"));
            }
            _ => {}
        }
    }
    for (task, made) in made_by_recurrence(changes) {
        if made.len() > 1 {
            broken(&task, format!("{made:?} all follow the same occurrence"));
        }
    }
    checked
}

fn is_last(event: &Event, occurrence: i64) -> bool {
    event.body["data"]["task_data"]["recurrence"]["count"].as_i64() == Some(occurrence)
}

/// The next instances of each occurrence that were not taken back, under the first of them.
pub(super) fn made_by_recurrence(changes: &Changes<'_>) -> BTreeMap<TaskKey, Vec<i64>> {
    let deleted = EventType::TaskDeleted.as_str();
    let mut made: BTreeMap<(&str, &str, i64), Vec<i64>> = BTreeMap::new();
    for (task, events) in changes {
        let Some(first) = events.first().filter(|event| event.source() == RECURRENCE) else {
            continue;
        };
        // Only what nobody touched is taken back.
        let is_taken_back = events.len() == 2 && events[1].kind() == deleted;
        let told: &Value = &first.body["data"]["task_data"];
        if let Some((series, at)) = told["series_id"].as_str().zip(told["occurrence"].as_i64())
            && !is_taken_back
        {
            made.entry((&task.user, series, at)).or_default().push(task.number);
        }
    }
    let first =
        |((user, _, _), made): ((&str, &str, i64), Vec<i64>)| (TaskKey::new(user, made[0]), made);
    made.into_iter().map(first).collect()
}
