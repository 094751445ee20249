//! I2: one next instance for each completed occurrence of a series that goes on: claimed once, made
//! once, by one event.

use std::collections::{BTreeMap, BTreeSet};

use task_contracts::names::EventType;

use crate::ledger::{Event, Ledger, Task};

const RECURRENCE: &str = "taskmaster/recurrence";
/// That of a task as it was inserted.
const FIRST_VERSION: i64 = 1;
/// What gives a rule an end.
const ENDS: [&str; 2] = ["COUNT=", "UNTIL="];

pub(super) fn violations(ledger: &Ledger) -> Vec<String> {
    [places(ledger), made_once(ledger), claimed(ledger), gone_on(ledger)].concat()
}

fn places(ledger: &Ledger) -> Vec<String> {
    let mut places = BTreeSet::new();
    let doubled = ledger.tasks.iter().filter(|task| {
        let place = task.series.as_ref().map(|series| (&task.user, series, task.occurrence));
        place.is_some_and(|place| !places.insert(place))
    });
    doubled.map(|task| format!("two tasks at one occurrence of a series: {task:?}")).collect()
}

fn made_once(ledger: &Ledger) -> Vec<String> {
    let created = EventType::TaskCreated.as_str();
    let mut made: BTreeMap<(&str, i64), usize> = BTreeMap::new();
    let makes = |event: &&Event| event.kind() == created && event.source() == RECURRENCE;
    for event in ledger.events.iter().filter(makes) {
        *made.entry((&event.user, event.number)).or_default() += 1;
    }
    let wrong = ledger.successions.iter().filter_map(|succession| {
        let successor = (succession.user.as_str(), succession.successor);
        let times = made.get(&successor).copied().unwrap_or_default();
        (times != 1).then(|| format!("{succession:?} was made {times} times"))
    });
    wrong.collect()
}

fn claimed(ledger: &Ledger) -> Vec<String> {
    let made: BTreeSet<_> = ledger.successions.iter().map(|it| (&it.user, it.successor)).collect();
    let by_recurrence: BTreeSet<_> = ledger
        .events
        .iter()
        .filter(|event| event.source() == RECURRENCE)
        .map(|event| (&event.user, event.number))
        .collect();
    // A skipped occurrence moves on within its row, so not every later one is a successor.
    let unclaimed = ledger.tasks.iter().filter(|task| {
        let task = (&task.user, task.number);
        by_recurrence.contains(&task) && !made.contains(&task)
    });
    unclaimed.map(|task| format!("a next instance that no succession knows: {task:?}")).collect()
}

fn gone_on(ledger: &Ledger) -> Vec<String> {
    let claimed: BTreeSet<_> =
        ledger.successions.iter().map(|it| (&it.user, &it.series, it.occurrence)).collect();
    let stuck = ledger.tasks.iter().filter(|task| {
        let place = task.series.as_ref().zip(task.occurrence);
        let is_claimed =
            place.is_some_and(|(series, at)| claimed.contains(&(&task.user, series, at)));
        was_completed_here(task) && never_ends(task) && !is_claimed
    });
    stuck.map(|task| format!("completed, and nothing follows: {task:?}")).collect()
}

/// An import brings tasks that were completed elsewhere; nothing follows those.
fn was_completed_here(task: &Task) -> bool {
    task.is_completed && task.version > FIRST_VERSION
}

fn never_ends(task: &Task) -> bool {
    task.rule.as_ref().is_some_and(|rule| !ENDS.iter().any(|end| rule.contains(end)))
}
