//! How a series goes on from a completion, and how it ends.

use chrono::Duration;
use expect_test::{Expect, expect};
use task_domain::recurrence::{next_after, next_due};
use task_domain::{Basis, Ordinal, Recurrence, recurrence as domain};

use crate::support::{recurrence, series, utc, wall, zone};

#[test]
fn until_is_inclusive_to_the_second() {
    let recurrence = recurrence("FREQ=DAILY;UNTIL=20270103T090000Z", "2027-01-01 09:00");
    let next = |at| next_after(&recurrence, zone("UTC"), utc(at));
    assert_eq!(next("2027-01-02 09:00"), Some(utc("2027-01-03 09:00")));
    assert_eq!(next("2027-01-03 09:00"), None);
}

#[test]
fn until_is_compared_in_utc_not_on_the_wall() {
    // 09:00 in Karachi is 04:00 in UTC.
    let recurrence = recurrence("FREQ=DAILY;UNTIL=20270103T040000Z", "2027-01-01 09:00");
    assert_eq!(series(&recurrence, zone("Asia/Karachi"), 10).len(), 3);
}

#[test]
fn an_instant_with_a_fraction_is_within_its_until_second() {
    let mut recurrence = recurrence("FREQ=DAILY;UNTIL=20270102T090000Z", "2027-01-01 09:00");
    recurrence.anchor += Duration::milliseconds(500);
    let next = next_after(&recurrence, zone("UTC"), utc("2027-01-01 10:00"));
    assert_eq!(next, Some(utc("2027-01-02 09:00") + Duration::milliseconds(500)));
}

#[test]
fn count_includes_the_first_instance_and_those_before_this_one() {
    let recurrence = recurrence("FREQ=DAILY;COUNT=5", "2027-01-01 09:00");
    let left = |ordinal| {
        let due_at = utc("2027-01-01 09:00");
        domain::occurrences(&recurrence, zone("UTC"), due_at, Ordinal(ordinal)).count()
    };
    assert_eq!([left(1), left(4), left(5), left(6)], [5, 2, 1, 0]);
}

#[test]
fn no_occurrence_comes_before_the_anchor() {
    let recurrence = recurrence("FREQ=DAILY", "2027-01-05 09:00");
    let next = next_after(&recurrence, zone("UTC"), utc("1999-01-01 00:00"));
    assert_eq!(next, Some(utc("2027-01-05 09:00")));
}

#[test]
fn no_occurrence_has_a_year_of_five_digits_in_any_zone() {
    let recurrence = recurrence("FREQ=YEARLY", "2027-12-31 23:00");
    let next = |after| next_after(&recurrence, zone("America/New_York"), utc(after));
    assert_eq!(next("9998-06-01 00:00"), Some(utc("9999-01-01 04:00")));
    assert_eq!(next("9999-06-01 00:00"), None);
}

/// When the instance due on `due` and completed at `completed` comes again.
#[track_caller]
fn check(basis: Basis, rule: &str, due: &str, completed: &str, expected: Expect) {
    let tz = zone("Europe/Berlin");
    let instant = |text| wall(text).and_local_timezone(tz).earliest().expect(text).to_utc();
    let (due_at, completed_at) = (instant(due), instant(completed));
    let recurrence = Recurrence { basis, ..recurrence(rule, due) };
    let next = next_due(&recurrence, tz, due_at, completed_at).expect("a next one");
    expected.assert_eq(&next.with_timezone(&tz).format("%a %Y-%m-%d %H:%M").to_string());
}

#[test]
fn from_the_due_date_the_next_one_is_after_both() {
    // On time, a day early, four days late.
    check(
        Basis::Due,
        "FREQ=DAILY",
        "2027-03-01 09:00",
        "2027-03-01 10:00",
        expect!["Tue 2027-03-02 09:00"],
    );
    check(
        Basis::Due,
        "FREQ=DAILY",
        "2027-03-01 09:00",
        "2027-02-28 10:00",
        expect!["Tue 2027-03-02 09:00"],
    );
    check(
        Basis::Due,
        "FREQ=DAILY",
        "2027-03-01 09:00",
        "2027-03-05 08:00",
        expect!["Fri 2027-03-05 09:00"],
    );
    check(
        Basis::Due,
        "FREQ=DAILY;INTERVAL=3",
        "2027-03-01 09:00",
        "2027-03-05 08:00",
        expect!["Sun 2027-03-07 09:00"],
    );
}

#[test]
fn from_the_completion_it_is_counted_from_that_day_at_the_same_time_of_day() {
    let every_three_days = "FREQ=DAILY;INTERVAL=3";
    // On time, late in the evening, late before the time of day, and early.
    let due = "2027-03-01 09:00";
    check(
        Basis::Completion,
        every_three_days,
        due,
        "2027-03-01 10:00",
        expect!["Thu 2027-03-04 09:00"],
    );
    check(
        Basis::Completion,
        every_three_days,
        due,
        "2027-03-05 23:30",
        expect!["Mon 2027-03-08 09:00"],
    );
    check(
        Basis::Completion,
        every_three_days,
        due,
        "2027-03-05 08:00",
        expect!["Mon 2027-03-08 09:00"],
    );
    check(
        Basis::Completion,
        every_three_days,
        due,
        "2027-02-28 10:00",
        expect!["Wed 2027-03-03 09:00"],
    );
    check(
        Basis::Completion,
        "FREQ=MONTHLY",
        due,
        "2027-03-31 10:00",
        expect!["Fri 2027-04-30 09:00"],
    );
    check(
        Basis::Completion,
        "FREQ=WEEKLY;BYDAY=MO",
        due,
        "2027-03-10 10:00",
        expect!["Mon 2027-03-15 09:00"],
    );
}

#[test]
fn a_series_of_1970_is_reached_in_one_step() {
    let old = recurrence("FREQ=DAILY;INTERVAL=7", "1970-01-01 09:00");
    let next = next_after(&old, zone("UTC"), utc("9000-06-01 00:00"));
    assert_eq!(next, Some(utc("9000-06-05 09:00")));
}
