//! The wall clock is kept when clocks change: what is left out moves forward, what comes twice
//! happens the first time.

use expect_test::{Expect, expect};
use task_domain::recurrence::next_after;

use crate::support::{lines, recurrence, utc, wall, zone};

#[track_caller]
fn check(tz: &str, rule: &str, anchor: &str, take: usize, expected: Expect) {
    expected.assert_eq(&lines(&recurrence(rule, anchor), zone(tz), take));
}

#[test]
fn nine_o_clock_in_berlin_stays_nine_o_clock() {
    check(
        "Europe/Berlin",
        "FREQ=WEEKLY",
        "2027-03-22 09:00",
        3,
        expect![[r#"
        Mon 2027-03-22 09:00 +01:00
        Mon 2027-03-29 09:00 +02:00
        Mon 2027-04-05 09:00 +02:00
    "#]],
    );
    check(
        "Europe/Berlin",
        "FREQ=WEEKLY",
        "2027-10-25 09:00",
        3,
        expect![[r#"
        Mon 2027-10-25 09:00 +02:00
        Mon 2027-11-01 09:00 +01:00
        Mon 2027-11-08 09:00 +01:00
    "#]],
    );
}

#[test]
fn half_past_two_in_berlin_is_half_past_three_on_28_march_2027_only() {
    check(
        "Europe/Berlin",
        "FREQ=DAILY",
        "2027-03-27 02:30",
        3,
        expect![[r#"
        Sat 2027-03-27 02:30 +01:00
        Sun 2027-03-28 03:30 +02:00
        Mon 2027-03-29 02:30 +02:00
    "#]],
    );
}

#[test]
fn half_past_two_in_berlin_happens_once_on_31_october_2027_the_first_time() {
    check(
        "Europe/Berlin",
        "FREQ=DAILY",
        "2027-10-30 02:30",
        3,
        expect![[r#"
        Sat 2027-10-30 02:30 +02:00
        Sun 2027-10-31 02:30 +02:00
        Mon 2027-11-01 02:30 +01:00
    "#]],
    );
}

#[test]
fn new_york_changes_on_other_days() {
    check(
        "America/New_York",
        "FREQ=DAILY",
        "2027-03-13 02:30",
        3,
        expect![[r#"
        Sat 2027-03-13 02:30 -05:00
        Sun 2027-03-14 03:30 -04:00
        Mon 2027-03-15 02:30 -04:00
    "#]],
    );
    check(
        "America/New_York",
        "FREQ=DAILY",
        "2027-11-06 01:30",
        3,
        expect![[r#"
        Sat 2027-11-06 01:30 -04:00
        Sun 2027-11-07 01:30 -04:00
        Mon 2027-11-08 01:30 -05:00
    "#]],
    );
}

#[test]
fn karachi_does_not_change() {
    check(
        "Asia/Karachi",
        "FREQ=MONTHLY",
        "2027-01-31 00:30",
        4,
        expect![[r#"
        Sun 2027-01-31 00:30 +05:00
        Sun 2027-02-28 00:30 +05:00
        Wed 2027-03-31 00:30 +05:00
        Fri 2027-04-30 00:30 +05:00
    "#]],
    );
}

#[test]
fn lord_howe_changes_by_half_an_hour() {
    check(
        "Australia/Lord_Howe",
        "FREQ=DAILY",
        "2027-10-02 02:15",
        3,
        expect![[r#"
        Sat 2027-10-02 02:15 +10:30
        Sun 2027-10-03 02:45 +11:00
        Mon 2027-10-04 02:15 +11:00
    "#]],
    );
    check(
        "Australia/Lord_Howe",
        "FREQ=DAILY",
        "2027-04-03 01:45",
        3,
        expect![[r#"
        Sat 2027-04-03 01:45 +11:00
        Sun 2027-04-04 01:45 +11:00
        Mon 2027-04-05 01:45 +10:30
    "#]],
    );
}

#[test]
fn midnight_that_is_left_out_in_cairo_is_one_o_clock() {
    check(
        "Africa/Cairo",
        "FREQ=DAILY",
        "2027-04-29 00:00",
        3,
        expect![[r#"
        Thu 2027-04-29 00:00 +02:00
        Fri 2027-04-30 01:00 +03:00
        Sat 2027-05-01 00:00 +03:00
    "#]],
    );
}

#[test]
fn a_day_that_samoa_left_out_is_spent_on_the_next() {
    check(
        "Pacific/Apia",
        "FREQ=MONTHLY;BYMONTHDAY=30",
        "2011-11-30 09:00",
        3,
        expect![[r#"
        Wed 2011-11-30 09:00 -10:00
        Sat 2011-12-31 09:00 +14:00
        Mon 2012-01-30 09:00 +14:00
    "#]],
    );
    check(
        "Pacific/Apia",
        "FREQ=DAILY",
        "2011-12-29 09:00",
        3,
        expect![[r#"
        Thu 2011-12-29 09:00 -10:00
        Sat 2011-12-31 09:00 +14:00
        Sun 2012-01-01 09:00 +14:00
    "#]],
    );
}

#[test]
fn a_day_left_out_is_found_from_the_morning_of_the_next() {
    let monthly = recurrence("FREQ=MONTHLY;BYMONTHDAY=30", "2011-11-30 18:00");
    let apia = zone("Pacific/Apia");
    let evening = utc("2011-12-31 04:00");
    assert_eq!(evening.with_timezone(&apia).naive_local(), wall("2011-12-31 18:00"));
    assert_eq!(next_after(&monthly, apia, utc("2011-12-30 20:00")), Some(evening));
}

#[test]
fn a_weekly_time_left_out_moves_that_once() {
    check(
        "Europe/Berlin",
        "FREQ=WEEKLY",
        "2027-03-21 02:00",
        3,
        expect![[r#"
        Sun 2027-03-21 02:00 +01:00
        Sun 2027-03-28 03:00 +02:00
        Sun 2027-04-04 02:00 +02:00
    "#]],
    );
}
