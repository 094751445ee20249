//! The verdict: the tables of a settled app, held against what people were told, what arrived at
//! the receiver, and what the devices have.

mod changes;
mod copies;
mod history;
mod owners;
mod reminders;
mod series;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use test_support::invariants::{self, Invariant};
use test_support::ledger::Event;
use test_support::{Ledger, Topics};

use crate::devices::Devices;
use crate::findings::{TaskKey, Violation};
use crate::run::Run;

/// What the verdict rests on.
#[derive(Debug)]
pub(crate) struct Checked {
    ledger: Ledger,
    /// How many things each invariant was held against.
    counts: BTreeMap<Invariant, u64>,
}

/// The changes of each task in their order.
type Changes<'l> = BTreeMap<TaskKey, Vec<&'l Event>>;

pub(crate) fn reach(run: &Run, devices: &mut Devices) -> Checked {
    let ledger = Ledger::read(run.stage.data());
    let topics = Topics::read(run.stage.data());
    for (invariant, what) in invariants::violations(&ledger, &topics) {
        match named_in(&what, &ledger) {
            Some(task) => run.findings.of_task(invariant, task, what),
            None => run.findings.of_all(invariant, what),
        }
    }
    let changes = changes_of(&ledger);
    let counts = BTreeMap::from([
        (Invariant::EachChangeHasItsEvent, changes::check(run, &changes)),
        (Invariant::EachCompletionHasItsSuccessor, series::check(run, &ledger, &changes)),
        (Invariant::EachReminderRingsOnceInTime, reminders::check(run, &ledger, &changes)),
        (Invariant::TheFeedLeadsToTheRows, copies::check(run, devices)),
        (Invariant::EverythingDrains, left_behind(&ledger)),
        (Invariant::NoRowCrossesUsers, owners::check(run, &ledger)),
    ]);
    Checked { ledger, counts }
}

impl Checked {
    pub(crate) fn of(&self, invariant: Invariant) -> u64 {
        self.counts.get(&invariant).copied().unwrap_or_default()
    }

    /// Of all tasks that show a violation, the one with the least to read.
    pub(crate) fn shortest_history(&self, run: &Run, violations: &[Violation]) -> Option<String> {
        let tasks = violations.iter().filter_map(|violation| violation.task.as_ref());
        let histories = tasks.map(|task| history::of(run, &self.ledger, task));
        histories.min_by_key(Vec::len).map(|lines| lines.join("\n"))
    }
}

/// Events, consumed messages and deliveries that went through.
fn left_behind(ledger: &Ledger) -> u64 {
    (ledger.events.len() + ledger.inbox.len() + ledger.deliveries.len()) as u64
}

/// The task that the words for a violation speak of, by its key, an event or a whole row.
fn named_in(what: &str, ledger: &Ledger) -> Option<TaskKey> {
    let key = |event: &Event| format!("{:?}", (&event.user, event.number));
    let names = |event: &&Event| what.contains(&event.id) || what.contains(&key(event));
    let event = ledger.events.iter().find(names);
    let by_event = event.map(|event| TaskKey::new(&event.user, event.number));
    let task = || ledger.tasks.iter().find(|task| what.contains(&format!("{task:?}")));
    let by_task = || task().map(|task| TaskKey::new(&task.user, task.number));
    let rings = || ledger.reminders.iter().find(|ring| what.contains(&format!("{ring:?}")));
    let by_ring = || rings().map(|ring| TaskKey::new(&ring.user, ring.number));
    by_event.or_else(by_task).or_else(by_ring)
}

fn changes_of(ledger: &Ledger) -> Changes<'_> {
    let mut changes = Changes::new();
    for event in ledger.events.iter().filter(|event| event.seq.is_some()) {
        changes.entry(TaskKey::new(&event.user, event.number)).or_default().push(event);
    }
    changes
}
