//! When a task rings.

use chrono::{DateTime, Duration, Utc};
use task_domain::reminder::instants;
use task_domain::{Draft, Reminder, transition};

use crate::support::*;

fn before(minutes: i64) -> Reminder {
    Reminder::Before(Duration::minutes(minutes))
}

fn at(text: &str) -> Reminder {
    Reminder::At(utc(text))
}

/// The task is due on 31 January at 09:00 in UTC.
#[track_caller]
fn check(reminders: &[Reminder], expected: &[&str]) {
    let due_at = Some(utc("2027-01-31 09:00"));
    let task = create(Draft { due_at, reminders: Some(reminders.to_vec()), ..draft() });
    let expected: Vec<DateTime<Utc>> = expected.iter().map(|text| utc(text)).collect();
    assert_eq!(instants(&task), expected);
}

#[test]
fn relative_reminders_count_back_from_the_due_date() {
    check(&[before(15)], &["2027-01-31 08:45"]);
    check(&[before(0), before(24 * 60)], &["2027-01-30 09:00", "2027-01-31 09:00"]);
}

#[test]
fn absolute_reminders_ring_when_they_say_even_after_the_due_date() {
    let expected = ["2027-01-01 00:00", "2027-02-01 10:00"];
    check(&[at("2027-02-01 10:00"), at("2027-01-01 00:00")], &expected);
}

#[test]
fn reminders_that_fall_together_ring_once() {
    let together = [at("2027-01-31 08:00"), before(60), before(15)];
    check(&together, &["2027-01-31 08:00", "2027-01-31 08:45"]);
}

#[test]
fn the_due_instant_is_counted_back_from_even_where_clocks_change_between() {
    let due = berlin("2027-03-28 09:00");
    let day_before = Some(vec![Reminder::Before(Duration::days(1))]);
    let task = create(Draft { reminders: day_before, ..due_draft("2027-03-28 09:00") });
    assert_eq!(instants(&task), [due - Duration::hours(24)]);
    assert_eq!(instants(&task), [berlin("2027-03-27 08:00")]);
}

#[test]
fn without_a_due_date_only_absolute_reminders_ring() {
    let reminders = Some(vec![before(15), at("2027-01-31 08:00")]);
    let task = create(Draft { reminders, ..draft() });
    assert_eq!(instants(&task), [utc("2027-01-31 08:00")]);
}

#[test]
fn a_completed_task_rings_no_more_and_rings_again_once_reopened() {
    let task = create(due_draft("2027-01-31 09:00"));
    let done = updated(transition::complete(&task, now())).task;
    assert!(instants(&done).is_empty());
    let reopened = updated(transition::reopen(&done, now())).task;
    assert_eq!(instants(&reopened), instants(&task));
    assert_eq!(instants(&task), [berlin("2027-01-31 08:45")]);
}

#[test]
fn moving_the_due_date_moves_relative_reminders_and_no_others() {
    let reminders = Some(vec![before(15), at("2027-01-20 08:00")]);
    let task = create(Draft { reminders, ..due_draft("2027-01-31 09:00") });
    let due_at = Some(Some(berlin("2027-02-02 11:00")));
    let moved = patched(&task, task_domain::Patch { due_at, ..task_domain::Patch::default() });
    assert_eq!(instants(&moved), [utc("2027-01-20 08:00"), berlin("2027-02-02 10:45")]);
}

#[test]
fn snoozing_adds_its_instant() {
    let task = create(due_draft("2027-01-31 09:00"));
    let until = utc("2027-01-02 08:10");
    let snoozed = updated(transition::snooze(&task, until, now()).expect("a valid snooze")).task;
    assert_eq!(instants(&snoozed), [until, berlin("2027-01-31 08:45")]);
}
