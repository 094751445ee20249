//! From a draft to a task.

use chrono::Duration;
use task_domain::transition::{self, TaskError};
use task_domain::{Draft, Ordinal, Priority, Reminder, SeriesPosition};

use crate::support::*;

#[track_caller]
fn check_refused(draft: Draft, expected: &[&str]) {
    let error = transition::create(draft, created_at(), SERIES).expect_err("must be refused");
    assert_eq!(faults(error), expected);
}

#[test]
fn a_title_is_enough() {
    let task = create(draft());
    assert_eq!(task.title.as_str(), "Water plants");
    assert_eq!(task.description.as_str(), "");
    assert_eq!(task.priority, Priority::Medium);
    assert_eq!((task.due_at, task.completed_at), (None, None));
    assert_eq!((task.recurrence, task.series), (None, None));
    assert!(task.tags.is_empty() && task.reminders.is_empty() && task.subtasks.is_empty());
    assert_eq!((task.created_at, task.updated_at), (created_at(), created_at()));
}

#[test]
fn a_due_date_brings_a_reminder_fifteen_minutes_before() {
    let default = Reminder::Before(Duration::minutes(15));
    assert_eq!(create(due_draft("2027-01-31 09:00")).reminders, [default]);
    let none = Draft { reminders: Some(vec![]), ..due_draft("2027-01-31 09:00") };
    assert_eq!(create(none).reminders, []);
    let own = Reminder::Before(Duration::hours(1));
    let draft = Draft { reminders: Some(vec![own, own]), ..due_draft("2027-01-31 09:00") };
    assert_eq!(create(draft).reminders, [own]);
}

#[test]
fn a_recurring_task_is_the_first_of_its_series() {
    let task = recurring("2027-01-31 09:00", "FREQ=MONTHLY");
    let first = SeriesPosition { id: SERIES, occurrence: Ordinal(1) };
    assert_eq!(task.series, Some(first));
    // The anchor is what clocks in Berlin show, not UTC.
    assert_eq!(task.recurrence.expect("it recurs").anchor, wall("2027-01-31 09:00"));
}

#[test]
fn a_due_date_off_the_rule_is_still_the_first_occurrence() {
    // 31 January 2027 is a Sunday.
    let task = recurring("2027-01-31 09:00", "FREQ=WEEKLY;BYDAY=MO");
    assert_eq!(due(&task), "2027-01-31 09:00");
    let next = transition::successor(&task, berlin("2027-01-31 10:00"), now()).expect("a next");
    assert_eq!(due(&next), "2027-02-01 09:00");
}

#[test]
fn recurrence_needs_a_due_date() {
    let draft = Draft { recurrence: Some(input("FREQ=DAILY")), ..draft() };
    check_refused(draft, &["recurrence: needs a due date to repeat from: set due_at"]);
}

#[test]
fn a_rule_without_a_future_is_refused() {
    let impossible = recurring_draft("2027-01-31 09:00", "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30");
    let never = "recurrence: has no date after the due date: no calendar day fits the rule";
    check_refused(impossible, &[never]);
    let over = recurring_draft("2027-01-31 09:00", "FREQ=DAILY;UNTIL=20270131T075959Z");
    check_refused(over, &["recurrence: ends before the due date"]);
}

#[test]
fn a_series_of_one_is_allowed() {
    let until = recurring("2027-01-31 09:00", "FREQ=DAILY;UNTIL=20270131T080000Z");
    let count = recurring("2027-01-31 09:00", "FREQ=DAILY;COUNT=1");
    for task in [until, count] {
        assert!(task.series.is_some());
        assert_eq!(transition::successor(&task, berlin("2027-01-31 10:00"), now()), None);
    }
}

#[test]
fn tags_are_unique_whatever_their_case() {
    let draft = Draft { tags: tags(&["Home", "garden", "HOME", "home"]), ..draft() };
    assert_eq!(create(draft).tags, tags(&["Home", "garden"]));
}

#[test]
fn lists_hold_as_much_as_they_may_and_no_more() {
    let tag = |n: usize| tags(&[&format!("tag {n}")]).remove(0);
    let reminder = |n: usize| Reminder::Before(Duration::minutes(n as i64));
    let full = |extra: usize| Draft {
        tags: (0..20 + extra).map(tag).collect(),
        reminders: Some((0..10 + extra).map(reminder).collect()),
        subtasks: vec![subtask("step", false); 100 + extra],
        ..draft()
    };
    let task = create(full(0));
    assert_eq!((task.tags.len(), task.reminders.len(), task.subtasks.len()), (20, 10, 100));
    check_refused(
        full(1),
        &[
            "tags: may hold 20 entries, not 21",
            "reminders: may hold 10 entries, not 11",
            "subtasks: may hold 100 entries, not 101",
        ],
    );
}

#[test]
fn a_reminder_is_at_most_a_year_before_and_never_after() {
    let with = |before| Draft { reminders: Some(vec![Reminder::Before(before)]), ..draft() };
    assert_eq!(create(with(Duration::zero())).reminders.len(), 1);
    assert_eq!(create(with(Duration::days(366))).reminders.len(), 1);
    let told = "reminders: a reminder is 0 to 366 days before the due date";
    check_refused(with(Duration::seconds(-1)), &[told]);
    check_refused(with(Duration::days(366) + Duration::seconds(1)), &[told]);
}

#[test]
fn every_fault_is_told_at_once() {
    let draft = Draft {
        recurrence: Some(input("FREQ=DAILY")),
        subtasks: vec![subtask("step", false); 101],
        ..draft()
    };
    let error = transition::create(draft, created_at(), SERIES).expect_err("must be refused");
    let told = "the task has fields that are not valid: recurrence, subtasks";
    assert_eq!(error.to_string(), told);
    assert!(matches!(error, TaskError::Invalid(errors) if errors.len() == 2));
}
