//! A rule that names no day takes the anchor's, and never drifts from it.

use expect_test::{Expect, expect};
use task_domain::recurrence::next_after;

use crate::support::{lines, recurrence, series, utc, wall, zone};

#[track_caller]
fn check(rule: &str, anchor: &str, take: usize, expected: Expect) {
    let days: Vec<String> =
        series(&recurrence(rule, &format!("{anchor} 09:00")), zone("UTC"), take)
            .iter()
            .map(|at| at.format("%-d %b %Y").to_string())
            .collect();
    expected.assert_eq(&days.join(", "));
}

#[test]
fn the_31st_gives_way_to_shorter_months_and_comes_back() {
    check(
        "FREQ=MONTHLY",
        "2027-01-31",
        6,
        expect!["31 Jan 2027, 28 Feb 2027, 31 Mar 2027, 30 Apr 2027, 31 May 2027, 30 Jun 2027"],
    );
    check(
        "FREQ=MONTHLY",
        "2027-12-31",
        4,
        expect!["31 Dec 2027, 31 Jan 2028, 29 Feb 2028, 31 Mar 2028"],
    );
}

#[test]
fn the_30th_gives_way_to_february_alone() {
    check(
        "FREQ=MONTHLY",
        "2027-12-30",
        4,
        expect!["30 Dec 2027, 30 Jan 2028, 29 Feb 2028, 30 Mar 2028"],
    );
}

#[test]
fn the_29th_gives_way_to_common_februaries() {
    check(
        "FREQ=MONTHLY;INTERVAL=12",
        "2027-02-28",
        3,
        expect!["28 Feb 2027, 28 Feb 2028, 28 Feb 2029"],
    );
    check(
        "FREQ=MONTHLY;BYMONTH=2",
        "2027-01-29",
        4,
        expect!["29 Jan 2027, 28 Feb 2027, 29 Feb 2028, 28 Feb 2029"],
    );
}

#[test]
fn an_explicit_31st_skips_shorter_months() {
    check(
        "FREQ=MONTHLY;BYMONTHDAY=31",
        "2027-01-31",
        6,
        expect!["31 Jan 2027, 31 Mar 2027, 31 May 2027, 31 Jul 2027, 31 Aug 2027, 31 Oct 2027"],
    );
}

#[test]
fn the_last_day_is_the_last_day() {
    check(
        "FREQ=MONTHLY;BYMONTHDAY=-1",
        "2027-01-31",
        4,
        expect!["31 Jan 2027, 28 Feb 2027, 31 Mar 2027, 30 Apr 2027"],
    );
}

#[test]
fn a_yearly_leap_day_is_kept_on_28_february_in_common_years() {
    check(
        "FREQ=YEARLY",
        "2028-02-29",
        6,
        expect!["29 Feb 2028, 28 Feb 2029, 28 Feb 2030, 28 Feb 2031, 29 Feb 2032, 28 Feb 2033"],
    );
}

#[test]
fn an_explicit_leap_day_comes_in_leap_years_only() {
    check(
        "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29",
        "2096-02-29",
        3,
        expect!["29 Feb 2096, 29 Feb 2104, 29 Feb 2108"],
    );
}

#[test]
fn a_leap_day_is_found_however_the_interval_lies() {
    check(
        "FREQ=YEARLY;INTERVAL=3;BYMONTH=2;BYMONTHDAY=29",
        "2028-02-29",
        3,
        expect!["29 Feb 2028, 29 Feb 2040, 29 Feb 2052"],
    );
    check(
        "FREQ=YEARLY;INTERVAL=100;BYMONTH=2;BYMONTHDAY=29",
        "2000-02-29",
        3,
        expect!["29 Feb 2000, 29 Feb 2400, 29 Feb 2800"],
    );
    check(
        "FREQ=MONTHLY;INTERVAL=11;BYMONTHDAY=29;BYMONTH=2;BYDAY=SU",
        "2028-02-29",
        3,
        expect!["29 Feb 2028, 29 Feb 2556, 29 Feb 2776"],
    );
}

#[test]
fn several_months_of_a_year_are_clamped_each() {
    check(
        "FREQ=YEARLY;BYMONTH=1,2,4",
        "2027-01-31",
        6,
        expect!["31 Jan 2027, 28 Feb 2027, 30 Apr 2027, 31 Jan 2028, 29 Feb 2028, 30 Apr 2028"],
    );
}

#[test]
fn a_rule_that_no_day_fits_ends_at_once() {
    for rule in [
        "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30",
        "FREQ=MONTHLY;BYMONTHDAY=31;BYMONTH=2,4,6,9,11",
        "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30",
        "FREQ=WEEKLY;BYDAY=MO;BYSETPOS=2",
        "FREQ=YEARLY;INTERVAL=100;BYMONTH=2;BYMONTHDAY=29",
    ] {
        let recurrence = recurrence(rule, "2001-01-01 09:00");
        assert_eq!(next_after(&recurrence, zone("UTC"), utc("2001-01-01 09:00")), None, "{rule}");
    }
}

/// Read by the letter of the RFC, the portable rule has the days of the one it stands for.
#[track_caller]
fn check_portable(rule: &str, anchor: &str, expected: Expect) {
    let clamped = recurrence(rule, anchor);
    let portable = clamped.rule.portable(wall(anchor));
    expected.assert_eq(&portable.to_string());
    let spelled = recurrence(&portable.to_string(), anchor);
    let tz = zone("Europe/Berlin");
    assert_eq!(lines(&spelled, tz, 60), lines(&clamped, tz, 60));
}

#[test]
fn portable_rules_spell_the_clamp() {
    check_portable(
        "FREQ=MONTHLY",
        "2027-01-31 09:00",
        expect!["FREQ=MONTHLY;BYMONTHDAY=28,29,30,31;BYSETPOS=-1"],
    );
    check_portable(
        "FREQ=MONTHLY;INTERVAL=2;COUNT=9",
        "2027-12-30 09:00",
        expect!["FREQ=MONTHLY;INTERVAL=2;COUNT=9;BYMONTHDAY=28,29,30;BYSETPOS=-1"],
    );
    check_portable(
        "FREQ=MONTHLY;BYMONTH=2,3;BYSETPOS=1",
        "2027-01-29 09:00",
        expect!["FREQ=MONTHLY;BYMONTH=2,3;BYMONTHDAY=28,29;BYSETPOS=-1"],
    );
    check_portable(
        "FREQ=YEARLY",
        "2028-02-29 09:00",
        expect!["FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=28,29;BYSETPOS=-1"],
    );
    check_portable(
        "FREQ=YEARLY;BYMONTH=1,2,4,5",
        "2028-01-31 09:00",
        expect!["FREQ=YEARLY;BYMONTH=1,2,4,5;BYMONTHDAY=28,29,30,31;BYSETPOS=4,-8,-5,-1"],
    );
    check_portable(
        "FREQ=YEARLY;BYMONTH=1,2,4,5;BYSETPOS=-1,2",
        "2028-01-30 09:00",
        expect!["FREQ=YEARLY;BYMONTH=2,5;BYMONTHDAY=28,29,30;BYSETPOS=-4,-1"],
    );
}

#[test]
fn portable_leaves_alone_what_needs_no_clamp() {
    for (rule, anchor) in [
        ("FREQ=MONTHLY", "2027-01-28 09:00"),
        ("FREQ=MONTHLY;BYMONTHDAY=31", "2027-01-31 09:00"),
        ("FREQ=MONTHLY;BYDAY=-1FR", "2027-01-29 09:00"),
        ("FREQ=WEEKLY", "2027-01-31 09:00"),
        ("FREQ=DAILY;BYMONTH=2", "2027-01-31 09:00"),
    ] {
        let rule = crate::support::rule(rule);
        assert_eq!(rule.portable(wall(anchor)), rule);
    }
}
