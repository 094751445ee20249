//! Who must not be disturbed until when.

use chrono::{DateTime, Duration, NaiveTime, Utc};
use chrono_tz::Tz;
use task_domain::{QuietHours, Violation};

use crate::support::*;

fn time(text: &str) -> NaiveTime {
    NaiveTime::parse_from_str(text, "%H:%M").expect(text)
}

/// `22:00-07:00`.
fn quiet(hours: &str) -> QuietHours {
    let (from, to) = hours.split_once('-').expect("two times");
    QuietHours::new(time(from), time(to)).expect("a span")
}

/// Both times are as clocks in Berlin show them, the first time that they do.
#[track_caller]
fn check(hours: &str, at: &str, expected: &str) {
    let found = quiet(hours).earliest(berlin(at), BERLIN);
    assert_eq!(found, berlin(expected), "{hours} at {at}: {}", found.with_timezone(&BERLIN));
}

#[test]
fn outside_of_quiet_hours_nothing_waits() {
    for at in ["07:00", "12:00", "21:59"] {
        let at = format!("2027-01-15 {at}");
        check("22:00-07:00", &at, &at);
    }
    let moment = Duration::milliseconds(1);
    let just_before = berlin("2027-01-15 22:00") - moment;
    assert_eq!(quiet("22:00-07:00").earliest(just_before, BERLIN), just_before);
}

#[test]
fn within_quiet_hours_everything_waits_for_their_end() {
    check("13:00-14:30", "2027-01-15 13:00", "2027-01-15 14:30");
    check("13:00-14:30", "2027-01-15 14:29", "2027-01-15 14:30");
    check("13:00-14:30", "2027-01-15 14:30", "2027-01-15 14:30");
}

#[test]
fn quiet_hours_may_last_past_midnight() {
    check("22:00-07:00", "2027-01-31 22:00", "2027-02-01 07:00");
    check("22:00-07:00", "2027-01-31 23:59", "2027-02-01 07:00");
    check("22:00-07:00", "2027-02-01 00:00", "2027-02-01 07:00");
    check("22:00-00:00", "2027-01-31 23:00", "2027-02-01 00:00");
    check("00:00-06:00", "2027-01-31 00:00", "2027-01-31 06:00");
}

#[test]
fn a_night_is_an_hour_shorter_or_longer_when_clocks_change() {
    let night = quiet("22:00-07:00");
    let lasts = |evening| night.earliest(berlin(evening), BERLIN) - berlin(evening);
    assert_eq!(lasts("2027-03-26 22:00"), Duration::hours(9));
    assert_eq!(lasts("2027-03-27 22:00"), Duration::hours(8));
    assert_eq!(lasts("2027-10-30 22:00"), Duration::hours(10));
}

#[test]
fn an_end_that_clocks_leave_out_comes_when_they_jump() {
    check("22:00-02:30", "2027-03-28 01:59", "2027-03-28 03:00");
    check("22:00-02:00", "2027-03-28 01:59", "2027-03-28 03:00");
}

#[test]
fn an_end_that_comes_twice_is_the_next_one() {
    check("22:00-02:30", "2027-10-31 01:00", "2027-10-31 02:30");
    // Between the first and the second 02:30 clocks show 02:00 again.
    let second_quarter_past = berlin("2027-10-31 02:15") + Duration::hours(1);
    let second_half_past = berlin("2027-10-31 02:30") + Duration::hours(1);
    assert_eq!(quiet("22:00-02:30").earliest(second_quarter_past, BERLIN), second_half_past);
}

#[test]
fn quiet_hours_that_have_begun_are_not_interrupted_by_clocks_set_back() {
    check("02:30-06:00", "2027-10-31 02:45", "2027-10-31 06:00");
}

#[test]
fn a_night_that_loses_its_end_to_a_day_left_out_lasts_to_the_next_end() {
    let apia = Tz::Pacific__Apia;
    let local = |text| wall(text).and_local_timezone(apia).single().expect(text).to_utc();
    // Samoa went from 29 to 31 December 2011.
    let found = quiet("22:00-07:00").earliest(local("2011-12-29 23:00"), apia);
    assert_eq!(found, local("2011-12-31 07:00"));
}

#[test]
fn equal_bounds_are_refused() {
    let refused = QuietHours::new(time("22:00"), time("22:00"));
    assert_eq!(refused, Err(Violation::NoSpan));
    assert_eq!(Violation::NoSpan.to_string(), "must not end at the time it begins");
}

/// Whether clocks show a time within the hours: said without regard to days.
fn shows_quiet(hours: QuietHours, at: DateTime<Utc>, tz: Tz) -> bool {
    let time = at.with_timezone(&tz).time();
    if hours.from < hours.to {
        (hours.from..hours.to).contains(&time)
    } else {
        !(hours.to..hours.from).contains(&time)
    }
}

#[test]
fn around_every_clock_change_the_earliest_instant_is_never_quiet_never_early_and_not_late() {
    let changes = [
        (BERLIN, "2027-03-27 12:00"),
        (BERLIN, "2027-10-30 12:00"),
        (Tz::Australia__Lord_Howe, "2027-10-02 00:00"),
        (Tz::Australia__Lord_Howe, "2027-04-03 00:00"),
        (Tz::Africa__Cairo, "2027-04-29 12:00"),
        (Tz::Pacific__Apia, "2011-12-29 12:00"),
        (Tz::Asia__Karachi, "2027-01-31 12:00"),
    ];
    let hours = ["22:00-07:00", "22:00-02:30", "01:45-02:15", "00:00-00:30", "02:15-01:45"];
    for ((tz, noon), hours) in changes.into_iter().flat_map(|it| hours.map(|hours| (it, hours))) {
        let hours = quiet(hours);
        for quarters in 0..4 * 40 {
            let at = utc(noon) + Duration::minutes(15 * quarters);
            let earliest = hours.earliest(at, tz);
            assert!(earliest >= at && !shows_quiet(hours, earliest, tz), "{hours:?} {at} in {tz}");
            // Clocks set back end no quiet hours, so what lies between can show another time then.
            assert_eq!(earliest == at, !shows_quiet(hours, at, tz), "{hours:?} {at} in {tz}");
            // A day left out, or the longest of these hours with a clock set back.
            assert!(earliest - at <= Duration::hours(25), "{hours:?} {at} in {tz}");
        }
    }
}
