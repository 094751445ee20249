//! What a patch of due date, zone or rule does to the series.

use chrono_tz::Tz;
use task_domain::transition;
use task_domain::{Basis, Ordinal, Patch, RecurrenceInput, SeriesPosition, Task};

use crate::support::*;

fn to_due(due: &str) -> Patch {
    Patch { due_at: Some(Some(berlin(due))), ..Patch::default() }
}

fn to_rule(rule: &str) -> Patch {
    Patch { recurrence: Some(Some(input(rule))), ..Patch::default() }
}

fn anchor(task: &Task) -> String {
    let anchor = task.recurrence.as_ref().expect("it recurs").anchor;
    anchor.format("%Y-%m-%d %H:%M").to_string()
}

/// The next instance, completed when it is due.
#[track_caller]
fn next(task: &Task) -> Task {
    let due_at = task.due_at.expect("a due date");
    transition::successor(task, due_at, now()).expect("a next instance")
}

/// 28 February, the second instance of a series on the 31st.
fn on_28_february() -> Task {
    next(&recurring("2027-01-31 09:00", "FREQ=MONTHLY"))
}

#[test]
fn a_task_that_comes_to_recur_begins_the_series_it_is_given() {
    let task = patched(&create(due_draft("2027-01-31 09:00")), to_rule("FREQ=MONTHLY"));
    assert_eq!(task.series, Some(SeriesPosition { id: OTHER_SERIES, occurrence: Ordinal(1) }));
    assert_eq!(anchor(&task), "2027-01-31 09:00");
}

#[test]
fn the_series_stays_when_the_recurrence_is_taken_away_and_comes_back() {
    let task = on_28_february();
    let single = patched(&task, Patch { recurrence: Some(None), ..Patch::default() });
    assert_eq!((single.recurrence.clone(), single.series), (None, task.series));
    let again = patched(&single, to_rule("FREQ=DAILY"));
    assert_eq!(again.series, task.series);
    assert_eq!(anchor(&again), "2027-02-28 09:00");
}

#[test]
fn a_changed_rule_counts_from_the_current_due_date() {
    let task = patched(&on_28_february(), to_rule("FREQ=MONTHLY;INTERVAL=2"));
    assert_eq!(anchor(&task), "2027-02-28 09:00");
    assert_eq!(due(&next(&task)), "2027-04-28 09:00");
}

#[test]
fn another_end_leaves_the_series_in_step() {
    let task = patched(&on_28_february(), to_rule("FREQ=MONTHLY;COUNT=3"));
    assert_eq!(anchor(&task), "2027-01-31 09:00");
    let last = next(&task);
    assert_eq!(due(&last), "2027-03-31 09:00");
    assert_eq!(transition::successor(&last, now(), now()), None);
}

#[test]
fn a_changed_basis_is_a_changed_recurrence() {
    let input = RecurrenceInput { basis: Basis::Completion, ..input("FREQ=MONTHLY") };
    let patch = Patch { recurrence: Some(Some(input)), ..Patch::default() };
    assert_eq!(anchor(&patched(&on_28_february(), patch)), "2027-02-28 09:00");
}

#[test]
fn the_same_rule_sent_again_goes_on_from_its_anchor() {
    let patch = Patch { title: Some(title("Rent")), ..to_rule("FREQ=MONTHLY") };
    let task = patched(&on_28_february(), patch);
    assert_eq!(anchor(&task), "2027-01-31 09:00");
    assert_eq!(due(&next(&task)), "2027-03-31 09:00");
}

#[test]
fn a_due_date_moved_to_another_day_takes_the_series_along() {
    let task = patched(&on_28_february(), to_due("2027-02-25 09:00"));
    assert_eq!(due(&next(&task)), "2027-03-25 09:00");
}

#[test]
fn a_due_date_moved_within_its_day_keeps_the_31st() {
    let task = patched(&on_28_february(), to_due("2027-02-28 18:30"));
    assert_eq!(anchor(&task), "2027-01-31 18:30");
    assert_eq!(due(&next(&task)), "2027-03-31 18:30");
}

#[test]
fn another_zone_keeps_the_instant_and_takes_its_wall_clock() {
    let patch = Patch { timezone: Some(Tz::Asia__Karachi), ..Patch::default() };
    let task = patched(&on_28_february(), patch);
    assert_eq!(due(&task), "2027-02-28 13:00");
    assert_eq!(anchor(&task), "2027-01-31 13:00");
    assert_eq!(due(&next(&task)), "2027-03-31 13:00");
}

#[test]
fn a_zone_in_which_it_is_another_day_takes_the_series_to_that_day() {
    let task = next(&recurring("2027-01-31 23:30", "FREQ=MONTHLY"));
    let patch = Patch { timezone: Some(Tz::Asia__Karachi), ..Patch::default() };
    let moved = patched(&task, patch);
    assert_eq!(due(&moved), "2027-03-01 03:30");
    assert_eq!(anchor(&moved), "2027-03-01 03:30");
}

#[test]
fn a_due_date_cannot_go_while_the_task_recurs() {
    let task = on_28_february();
    let patch = Patch { due_at: Some(None), ..Patch::default() };
    let error = transition::update(&task, &patch, now(), OTHER_SERIES).expect_err("refused");
    assert_eq!(faults(error), ["recurrence: needs a due date to repeat from: set due_at"]);
    let both = Patch { recurrence: Some(None), ..patch };
    assert_eq!(patched(&task, both).due_at, None);
}

#[test]
fn a_due_date_may_move_past_the_end_of_its_series() {
    let task = recurring("2027-01-31 09:00", "FREQ=DAILY;UNTIL=20270202T080000Z");
    let late = patched(&task, to_due("2027-03-05 09:00"));
    assert_eq!(transition::successor(&late, berlin("2027-03-05 10:00"), now()), None);
}

#[test]
fn a_new_count_may_not_lie_behind_the_series() {
    let third = next(&on_28_february());
    let patch = to_rule("FREQ=MONTHLY;COUNT=2");
    let error = transition::update(&third, &patch, now(), OTHER_SERIES).expect_err("refused");
    let told = "recurrence: counts 2 occurrences, but the series is already at its occurrence 3";
    assert_eq!(faults(error), [told]);
    let last = patched(&third, to_rule("FREQ=MONTHLY;COUNT=3"));
    assert_eq!(transition::successor(&last, berlin("2027-03-31 10:00"), now()), None);
}
