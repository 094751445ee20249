//! Completing, reopening, and whether that can be undone.

use task_domain::diff::Field;
use task_domain::transition::{Outcome, complete, reopen, withdrawable};
use task_domain::{Task, TaskNumber, TaskRecord, Version};

use crate::support::*;

fn completed(task: &Task) -> Task {
    updated(complete(task, now())).task
}

#[test]
fn completing_notes_when() {
    let task = create(draft());
    let outcome = updated(complete(&task, now()));
    assert_eq!(outcome.changed, [Field::Completed]);
    assert_eq!(outcome.task, Task { completed_at: Some(now()), updated_at: now(), ..task });
}

#[test]
fn completing_twice_changes_nothing() {
    let done = completed(&create(draft()));
    assert_eq!(complete(&done, utc("2027-05-05 05:05")), Outcome::Unchanged);
}

#[test]
fn reopening_takes_the_completion_back() {
    let task = create(draft());
    let outcome = updated(reopen(&completed(&task), now()));
    assert_eq!(outcome.changed, [Field::Completed]);
    assert_eq!(outcome.task, Task { updated_at: now(), ..task });
}

#[test]
fn reopening_an_open_task_changes_nothing() {
    assert_eq!(reopen(&create(draft()), now()), Outcome::Unchanged);
}

#[test]
fn only_an_untouched_successor_can_be_withdrawn() {
    let record = |version, task| TaskRecord { number: TaskNumber(1), version, task };
    let task = recurring("2027-01-31 09:00", "FREQ=MONTHLY");
    assert!(withdrawable(&record(Version::FIRST, task.clone())));
    assert!(!withdrawable(&record(Version::FIRST.next(), task.clone())));
    assert!(!withdrawable(&record(Version::FIRST, completed(&task))));
}
