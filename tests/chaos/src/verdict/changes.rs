//! I1 against the journal: each answered change is exactly one event that says what was answered,
//! and there is no event that neither an answer nor the app's own work accounts for.

use std::collections::BTreeSet;

use serde_json::Value;
use task_contracts::names::EventType;
use test_support::invariants::Invariant;
use test_support::ledger::Event;

use super::Changes;
use crate::findings::TaskKey;
use crate::journal::{Entry, Told};
use crate::load::Deed;
use crate::run::Run;

/// The component that makes next instances, as in the source of its events.
pub(super) const RECURRENCE: &str = "taskmaster/recurrence";

/// An occurrence of a user's series.
pub(super) type Occurrence = (String, String, i64);

/// Gives how many answers were held against the log.
pub(super) fn check(run: &Run, changes: &Changes<'_>) -> u64 {
    let journal = run.journal.all();
    let broken = |task: &TaskKey, what: String| {
        run.findings.of_task(Invariant::EachChangeHasItsEvent, task.clone(), what);
    };
    let mut checked = 0;
    for (task, entries) in &*journal {
        let events = changes.get(task).map_or(&[][..], Vec::as_slice);
        for entry in entries {
            checked += 1;
            if let Some(what) = unlike(entry, events) {
                broken(task, what);
            }
        }
    }
    let reopened: BTreeSet<Occurrence> =
        journal.iter().flat_map(|(task, entries)| reopened(task, entries)).collect();
    for (task, events) in changes {
        let entries = journal.get(task).map_or(&[][..], Vec::as_slice);
        let strays = events.iter().filter(|event| !is_accounted_for(event, entries, &reopened));
        for stray in strays {
            broken(task, format!("nobody was told of {}", stray.body));
        }
    }
    checked
}

/// How the log contradicts an answer.
pub(super) fn unlike(entry: &Entry, events: &[&Event]) -> Option<String> {
    let Entry { deed, key, .. } = entry;
    let (kind, told) = match &entry.told {
        Told::Changed(told) => (kind(*deed), Some(told)),
        Told::Deleted | Told::Gone => (EventType::TaskDeleted, None),
        Told::Refused => return None,
    };
    let deleted = EventType::TaskDeleted.as_str();
    let version = told.map(|told| told["version"].as_i64().unwrap_or_default());
    let is_it = |event: &&&Event| match version {
        Some(version) => event.kind() != deleted && event.version() == version,
        None => event.kind() == deleted,
    };
    let found: Vec<_> = events.iter().filter(is_it).collect();
    let word = deed.word();
    match (found.as_slice(), told) {
        ([event], _) if event.kind() != kind.as_str() => {
            Some(format!("{word} with key {key} is the event {}", event.body))
        }
        ([event], Some(told)) if !says(event, told) => {
            Some(format!("{word} with key {key} was answered {told}, and is {}", event.body))
        }
        ([_], _) => None,
        (found, _) => Some(format!("{word} with key {key} has {} events", found.len())),
    }
}

fn kind(deed: Deed) -> EventType {
    match deed {
        Deed::Create => EventType::TaskCreated,
        Deed::Complete => EventType::TaskCompleted,
        Deed::Delete => EventType::TaskDeleted,
        Deed::Update | Deed::Skip | Deed::Reopen => EventType::TaskUpdated,
    }
}

/// The body was written before the task had its number.
fn says(event: &Event, told: &Value) -> bool {
    let nameless = |task: &Value| {
        let mut task = task.clone();
        task["id"] = Value::Null;
        task
    };
    nameless(&event.body["data"]["task_data"]) == nameless(told)
}

pub(super) fn is_accounted_for(
    event: &Event,
    entries: &[Entry],
    reopened: &BTreeSet<Occurrence>,
) -> bool {
    let version = event.version();
    if event.kind() == EventType::TaskDeleted.as_str() {
        let by_somebody = entries.iter().any(|entry| matches!(entry.told, Told::Deleted));
        return by_somebody || is_taken_back(event, reopened);
    }
    let by_somebody = entries.iter().any(|entry| match &entry.told {
        Told::Changed(told) => told["version"] == version,
        Told::Deleted | Told::Gone | Told::Refused => false,
    });
    by_somebody || (version == 1 && event.source() == RECURRENCE)
}

/// Reopening an occurrence takes the next one back that nobody touched.
fn is_taken_back(event: &Event, reopened: &BTreeSet<Occurrence>) -> bool {
    let task = &event.body["data"]["task_data"];
    let series = task["series_id"].as_str().unwrap_or_default().to_owned();
    let before = task["occurrence"].as_i64().unwrap_or_default() - 1;
    event.version() == 1 && reopened.contains(&(event.user.clone(), series, before))
}

fn reopened(task: &TaskKey, entries: &[Entry]) -> Vec<Occurrence> {
    let reopened = entries.iter().filter(|entry| entry.deed == Deed::Reopen);
    let occurrence = |entry: &Entry| match &entry.told {
        Told::Changed(told) => {
            let series = told["series_id"].as_str()?.to_owned();
            Some((task.user.clone(), series, told["occurrence"].as_i64()?))
        }
        Told::Deleted | Told::Gone | Told::Refused => None,
    };
    reopened.filter_map(occurrence).collect()
}
