//! From one instance to the next, by completion and by skipping.

use chrono::Duration;
use task_domain::diff::Field;
use task_domain::transition::{self, SkipError, skip, successor};
use task_domain::{Basis, Draft, Ordinal, Patch, Priority, RecurrenceInput, Reminder, Task};

use crate::support::*;

/// The due dates of instances that are each completed when they are due.
fn completed_on_time(first: Task, take: usize) -> Vec<String> {
    std::iter::successors(Some(first), |task| {
        let due_at = task.due_at.expect("a due date");
        successor(task, due_at, now())
    })
    .take(take)
    .map(|task| due(&task))
    .collect()
}

fn ordinal(task: &Task) -> Option<Ordinal> {
    task.series.map(|series| series.occurrence)
}

fn after_completion(due: &str, rule: &str) -> Task {
    let recurrence = Some(RecurrenceInput { basis: Basis::Completion, ..input(rule) });
    create(Draft { recurrence, ..due_draft(due) })
}

#[test]
fn the_31st_does_not_drift() {
    let days = completed_on_time(recurring("2027-01-31 09:00", "FREQ=MONTHLY"), 5);
    let expected = ["2027-01-31", "2027-02-28", "2027-03-31", "2027-04-30", "2027-05-31"];
    assert_eq!(days, expected.map(|day| format!("{day} 09:00")));
}

#[test]
fn nine_o_clock_stays_nine_o_clock_when_clocks_change() {
    let days = completed_on_time(recurring("2027-03-22 09:00", "FREQ=WEEKLY"), 3);
    assert_eq!(days, ["2027-03-22 09:00", "2027-03-29 09:00", "2027-04-05 09:00"]);
}

#[test]
fn a_time_that_clocks_left_out_once_is_not_lost() {
    let days = completed_on_time(recurring("2027-03-27 02:30", "FREQ=DAILY"), 3);
    assert_eq!(days, ["2027-03-27 02:30", "2027-03-28 03:30", "2027-03-29 02:30"]);
}

#[test]
fn a_counted_series_has_as_many_instances() {
    let days = completed_on_time(recurring("2027-01-31 09:00", "FREQ=DAILY;COUNT=3"), 10);
    assert_eq!(days, ["2027-01-31 09:00", "2027-02-01 09:00", "2027-02-02 09:00"]);
}

#[test]
fn a_series_with_an_end_date_ends_on_it() {
    let rule = "FREQ=DAILY;UNTIL=20270202T080000Z";
    let days = completed_on_time(recurring("2027-01-31 09:00", rule), 10);
    assert_eq!(days, ["2027-01-31 09:00", "2027-02-01 09:00", "2027-02-02 09:00"]);
}

#[test]
fn the_next_instance_copies_the_series_and_starts_afresh() {
    let at = Reminder::At(berlin("2027-01-30 20:00"));
    let before = Reminder::Before(Duration::hours(1));
    let task = create(Draft {
        priority: Priority::High,
        tags: tags(&["home"]),
        reminders: Some(vec![at, before]),
        subtasks: vec![subtask("fetch water", true), subtask("pour", false)],
        ..recurring_draft("2027-01-31 09:00", "FREQ=MONTHLY")
    });
    let done = updated(transition::complete(&task, now())).task;
    let made_at = utc("2027-01-31 08:00");
    let next = successor(&done, now(), made_at).expect("a next instance");
    let expected = Task {
        due_at: Some(berlin("2027-02-28 09:00")),
        reminders: vec![before],
        subtasks: vec![subtask("fetch water", false), subtask("pour", false)],
        series: task
            .series
            .map(|series| task_domain::SeriesPosition { occurrence: Ordinal(2), ..series }),
        created_at: made_at,
        updated_at: made_at,
        ..task
    };
    assert_eq!(next, expected);
}

#[test]
fn a_task_that_does_not_recur_has_no_successor() {
    assert_eq!(successor(&create(due_draft("2027-01-31 09:00")), now(), now()), None);
    let ended = Patch { recurrence: Some(None), ..Patch::default() };
    let task = patched(&recurring("2027-01-31 09:00", "FREQ=DAILY"), ended);
    assert_eq!(successor(&task, now(), now()), None);
}

#[test]
fn a_changed_pattern_is_what_the_next_instance_follows() {
    let weekly = Patch { recurrence: Some(Some(input("FREQ=WEEKLY"))), ..Patch::default() };
    let task = patched(&recurring("2027-01-31 09:00", "FREQ=DAILY"), weekly);
    let next = successor(&task, berlin("2027-01-31 10:00"), now()).expect("a next instance");
    assert_eq!(due(&next), "2027-02-07 09:00");
}

#[test]
fn late_completion_leaves_no_pile_of_missed_instances() {
    let task = recurring("2027-01-31 09:00", "FREQ=DAILY");
    let next = successor(&task, berlin("2027-02-10 09:00"), now()).expect("a next instance");
    assert_eq!(due(&next), "2027-02-11 09:00");
    assert_eq!(ordinal(&next), Some(Ordinal(2)));
}

#[test]
fn early_completion_does_not_repeat_the_same_day() {
    let task = recurring("2027-01-31 09:00", "FREQ=DAILY");
    let next = successor(&task, berlin("2027-01-29 20:00"), now()).expect("a next instance");
    assert_eq!(due(&next), "2027-02-01 09:00");
}

#[test]
fn early_completion_of_a_later_instance_does_not_repeat_its_day() {
    let first = recurring("2027-01-31 09:00", "FREQ=MONTHLY");
    let second = successor(&first, berlin("2027-01-31 10:00"), now()).expect("a second instance");
    let third = successor(&second, berlin("2027-02-20 10:00"), now()).expect("a third instance");
    assert_eq!(due(&third), "2027-03-31 09:00");
}

#[test]
fn counted_from_completion_the_anchor_moves_along() {
    let task = after_completion("2027-01-31 09:00", "FREQ=MONTHLY");
    let second = successor(&task, berlin("2027-03-31 20:00"), now()).expect("a second instance");
    assert_eq!(due(&second), "2027-04-30 09:00");
    let third = successor(&second, berlin("2027-05-02 07:00"), now()).expect("a third instance");
    assert_eq!(due(&third), "2027-06-02 09:00");
}

#[test]
fn skipping_moves_the_task_in_place() {
    let task = create(Draft {
        reminders: Some(vec![Reminder::At(berlin("2027-01-30 20:00"))]),
        subtasks: vec![subtask("fetch water", true)],
        ..recurring_draft("2027-01-31 09:00", "FREQ=MONTHLY")
    });
    let outcome = updated(skip(&task, now()).expect("skippable"));
    assert_eq!(due(&outcome.task), "2027-02-28 09:00");
    assert_eq!(ordinal(&outcome.task), Some(Ordinal(2)));
    assert_eq!((outcome.task.created_at, outcome.task.updated_at), (created_at(), now()));
    let fields = [Field::DueAt, Field::Reminders, Field::Subtasks, Field::Occurrence];
    assert_eq!(outcome.changed, fields);
}

#[test]
fn skipping_an_overdue_task_does_not_leave_it_overdue() {
    let task = recurring("2027-01-31 09:00", "FREQ=DAILY");
    let outcome = skip(&task, berlin("2027-02-10 12:00")).expect("skippable");
    assert_eq!(due(&updated(outcome).task), "2027-02-11 09:00");
}

#[test]
fn skipping_counts_from_the_skipped_day_when_completions_count() {
    let task = after_completion("2027-01-31 09:00", "FREQ=DAILY;INTERVAL=3");
    let early = skip(&task, berlin("2027-01-27 12:00")).expect("skippable");
    assert_eq!(due(&updated(early).task), "2027-02-03 09:00");
    let late = skip(&task, berlin("2027-02-10 12:00")).expect("skippable");
    assert_eq!(due(&updated(late).task), "2027-02-13 09:00");
}

#[test]
fn skipped_occurrences_count() {
    let task = recurring("2027-01-31 09:00", "FREQ=DAILY;COUNT=3");
    let second = updated(skip(&task, now()).expect("skippable")).task;
    let third = successor(&second, berlin("2027-02-01 10:00"), now()).expect("a third");
    assert_eq!(ordinal(&third), Some(Ordinal(3)));
    assert_eq!(skip(&third, now()), Err(SkipError::SeriesEnded));
    assert_eq!(successor(&third, berlin("2027-02-02 10:00"), now()), None);
}

#[test]
fn what_cannot_be_skipped_says_why() {
    let single = create(due_draft("2027-01-31 09:00"));
    assert_eq!(skip(&single, now()), Err(SkipError::NotRecurring));
    let task = recurring("2027-01-31 09:00", "FREQ=DAILY;UNTIL=20270131T080000Z");
    assert_eq!(skip(&task, now()), Err(SkipError::SeriesEnded));
    let done = updated(transition::complete(&task, now())).task;
    assert_eq!(skip(&done, now()), Err(SkipError::Completed));
}
