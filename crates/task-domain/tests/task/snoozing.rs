//! "Remind me later."

use chrono::Duration;
use task_domain::diff::Field;
use task_domain::transition::{self, Outcome, TaskError, snooze};
use task_domain::{Draft, Reminder, Task};

use crate::support::*;

fn with(reminders: &[Reminder]) -> Task {
    create(Draft { reminders: Some(reminders.to_vec()), ..due_draft("2027-01-31 09:00") })
}

fn at(text: &str) -> Reminder {
    Reminder::At(utc(text))
}

const BEFORE: Reminder = Reminder::Before(Duration::minutes(15));

/// `now` is 08:00 on 2 January.
#[track_caller]
fn check(reminders: &[Reminder], until: &str, expected: &[Reminder]) {
    let outcome = snooze(&with(reminders), utc(until), now()).expect("a valid snooze");
    let outcome = updated(outcome);
    assert_eq!(outcome.changed, [Field::Reminders]);
    assert_eq!(outcome.task.reminders, expected);
}

#[test]
fn snoozing_adds_a_reminder_and_moves_nothing_else() {
    check(&[BEFORE], "2027-01-02 08:10", &[BEFORE, at("2027-01-02 08:10")]);
}

#[test]
fn snoozing_again_replaces_the_earlier_snooze() {
    let rung = at("2027-01-02 07:50");
    let pending = at("2027-01-02 08:05");
    check(&[BEFORE, rung, pending], "2027-01-02 08:10", &[BEFORE, at("2027-01-02 08:10")]);
}

#[test]
fn a_later_reminder_of_ones_own_stays() {
    let later = at("2027-01-10 08:00");
    check(&[later], "2027-01-02 08:10", &[later, at("2027-01-02 08:10")]);
}

#[test]
fn snoozing_to_the_same_instant_changes_nothing() {
    let task = with(&[at("2027-01-02 08:10"), at("2027-01-10 08:00")]);
    assert_eq!(snooze(&task, utc("2027-01-02 08:10"), now()), Ok(Outcome::Unchanged));
}

#[test]
fn a_snooze_is_ahead_by_at_most_a_year() {
    let task = with(&[]);
    let after = |ahead| snooze(&task, now() + ahead, now());
    assert!(after(Duration::milliseconds(1)).is_ok());
    assert!(after(Duration::days(366)).is_ok());
    for ahead in
        [Duration::zero(), -Duration::days(1), Duration::days(367), Duration::days(100_000)]
    {
        let told = faults(after(ahead).expect_err("refused"));
        assert_eq!(told, ["until: must be later than now, by at most 366 days"]);
    }
}

#[test]
fn a_full_list_of_reminders_takes_no_snooze() {
    let full: Vec<Reminder> =
        (1..=10).map(|hours| Reminder::Before(Duration::hours(hours))).collect();
    let refused = snooze(&with(&full), utc("2027-01-02 08:10"), now()).expect_err("refused");
    assert_eq!(faults(refused), ["reminders: may hold 10 entries, not 11"]);
}

#[test]
fn a_completed_task_needs_no_reminder() {
    let done = updated(transition::complete(&with(&[]), now())).task;
    assert_eq!(snooze(&done, utc("2027-01-02 08:10"), now()), Err(TaskError::Completed));
}
