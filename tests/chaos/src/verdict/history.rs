//! Everything that is known of one task, in the order in which it happened as far as that can be
//! said: what its user was told, the log, and the rows.

use test_support::Ledger;
use test_support::ledger::Event;

use crate::findings::TaskKey;
use crate::journal::{Entry, Told};
use crate::run::Run;

pub(super) fn of(run: &Run, ledger: &Ledger, task: &TaskKey) -> Vec<String> {
    let mut lines = vec![task.to_string()];
    let journal = run.journal.all();
    lines.extend(journal.get(task).into_iter().flatten().map(told));
    let is_it = |user: &str, number: i64| user == task.user && number == task.number;
    let events = ledger.events.iter().filter(|event| is_it(&event.user, event.number));
    lines.extend(events.clone().map(|event| {
        let (position, seq, at) = (event.position, event.seq, event.created_at_ms);
        format!("  event at {position}, seq {seq:?}, written {at}: {}", event.body)
    }));
    let rows = ledger.tasks.iter().filter(|row| is_it(&row.user, row.number));
    lines.extend(rows.map(|row| format!("  row: {row:?}")));
    let reminders = ledger.reminders.iter().filter(|row| is_it(&row.user, row.number));
    lines.extend(reminders.map(|row| format!("  reminder: {row:?}")));
    let series = events.clone().next_back().and_then(series_of);
    lines.extend(series.into_iter().flat_map(|series| of_series(ledger, task, series)));
    lines
}

/// What else happened to the series: its other instances, briefly, and who claimed to follow.
fn of_series(ledger: &Ledger, task: &TaskKey, series: &str) -> Vec<String> {
    let others = ledger.events.iter().filter(|event| {
        let is_other = event.user == task.user && event.number != task.number;
        is_other && event.seq.is_some() && series_of(event) == Some(series)
    });
    let others = others.map(|event| {
        let (kind, number, version) = (event.kind(), event.number, event.version());
        let occurrence = &event.body["data"]["task_data"]["occurrence"];
        let position = event.position;
        format!("  task {number}: {kind} at {position}, version {version}, occurrence {occurrence}")
    });
    let successions = ledger.successions.iter().filter(|row| row.series == series);
    others.chain(successions.map(|row| format!("  succession: {row:?}"))).collect()
}

fn series_of(event: &Event) -> Option<&str> {
    event.body["data"]["task_data"]["series_id"].as_str()
}

fn told(entry: &Entry) -> String {
    let Entry { at, deed, key, attempts, told } = entry;
    let (seconds, word) = (at.as_secs_f64(), deed.word());
    let told = match told {
        Told::Changed(task) => task.to_string(),
        Told::Deleted => "deleted".to_owned(),
        Told::Gone => "there is none".to_owned(),
        Told::Refused => "refused".to_owned(),
    };
    format!("  told at {seconds:.3} s: {word} with key {key} in attempt {attempts}: {told}")
}
