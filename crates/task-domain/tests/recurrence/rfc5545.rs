//! The examples of RFC 5545 §3.8.5.3, with their DTSTART and the days the RFC lists for them. Left
//! out are those with parts a task's rule does not have (hours, day of the year, week number).

use task_domain::Rule;

use crate::support::{recurrence, series, zone};

/// `days` reads "1997-09 2 9, 1997-10 7": days after their month, in order.
#[track_caller]
fn check(start: &str, rule: &str, days: &str) {
    let expected: Vec<String> = days
        .split(", ")
        .flat_map(|month| {
            let (month, days) = month.split_once(' ').expect("a month and its days");
            days.split(' ').map(move |day| format!("{month}-{day:0>2} 09:00"))
        })
        .collect();
    let recurrence = recurrence(rule, &format!("{start} 09:00"));
    // One more than the RFC lists, so that a series that should have ended is seen.
    let bounded = recurrence.rule.without_end() != recurrence.rule;
    let take = expected.len() + usize::from(bounded);
    let found: Vec<String> = series(&recurrence, zone("America/New_York"), take)
        .iter()
        .map(|at| at.format("%Y-%m-%d %H:%M").to_string())
        .collect();
    assert_eq!(found, expected, "{rule}");
}

#[test]
fn daily_examples() {
    check("1997-09-02", "FREQ=DAILY;COUNT=10", "1997-09 2 3 4 5 6 7 8 9 10 11");
    check("1997-09-02", "FREQ=DAILY;INTERVAL=10;COUNT=5", "1997-09 2 12 22, 1997-10 2 12");
    let every_other = "1997-09 2 4 6 8 10 12 14 16 18 20 22 24 26 28 30, 1997-10 2 4 6";
    check("1997-09-02", "FREQ=DAILY;INTERVAL=2", every_other);
}

#[test]
fn daily_until_christmas_eve_ends_on_the_23rd() {
    let until = recurrence("FREQ=DAILY;UNTIL=19971224T000000Z", "1997-09-02 09:00");
    let days = series(&until, zone("America/New_York"), 1_000);
    assert_eq!(days.len(), 113);
    assert_eq!(days[112].to_string(), "1997-12-23 09:00:00");
}

#[test]
fn every_day_in_january_said_in_two_ways() {
    for rule in [
        "FREQ=YEARLY;UNTIL=20000131T140000Z;BYMONTH=1;BYDAY=SU,MO,TU,WE,TH,FR,SA",
        "FREQ=DAILY;UNTIL=20000131T140000Z;BYMONTH=1",
    ] {
        let every_day = (1..=31).map(|day| format!(" {day}")).collect::<String>();
        let days = format!("1998-01{every_day}, 1999-01{every_day}, 2000-01{every_day}");
        check("1998-01-01", rule, &days);
    }
}

#[test]
fn weekly_examples() {
    let ten = "1997-09 2 9 16 23 30, 1997-10 7 14 21 28, 1997-11 4";
    check("1997-09-02", "FREQ=WEEKLY;COUNT=10", ten);
    let until = "1997-09 2 9 16 23 30, 1997-10 7 14 21 28, 1997-11 4 11 18 25, 1997-12 2 9 16 23";
    check("1997-09-02", "FREQ=WEEKLY;UNTIL=19971224T000000Z", until);
    let other = "1997-09 2 16 30, 1997-10 14 28, 1997-11 11 25, 1997-12 9 23, 1998-01 6 20, \
                 1998-02 3 17";
    check("1997-09-02", "FREQ=WEEKLY;INTERVAL=2;WKST=SU", other);
    let five_weeks = "1997-09 2 4 9 11 16 18 23 25 30, 1997-10 2";
    let until = "FREQ=WEEKLY;UNTIL=19971007T000000Z;WKST=SU;BYDAY=TU,TH";
    check("1997-09-02", until, five_weeks);
    check("1997-09-02", "FREQ=WEEKLY;COUNT=10;WKST=SU;BYDAY=TU,TH", five_weeks);
}

#[test]
fn every_other_week_examples() {
    let rule = "FREQ=WEEKLY;INTERVAL=2;UNTIL=19971224T000000Z;WKST=SU;BYDAY=MO,WE,FR";
    let days = "1997-09 1 3 5 15 17 19 29, 1997-10 1 3 13 15 17 27 29 31, 1997-11 10 12 14 24 26 \
                28, 1997-12 8 10 12 22";
    check("1997-09-01", rule, days);
    let rule = "FREQ=WEEKLY;INTERVAL=2;COUNT=8;WKST=SU;BYDAY=TU,TH";
    check("1997-09-02", rule, "1997-09 2 4 16 18 30, 1997-10 2 14 16");
}

#[test]
fn the_week_start_decides_which_weeks_alternate() {
    let rule = "FREQ=WEEKLY;INTERVAL=2;COUNT=4;BYDAY=TU,SU";
    check("1997-08-05", &format!("{rule};WKST=MO"), "1997-08 5 10 19 24");
    check("1997-08-05", &format!("{rule};WKST=SU"), "1997-08 5 17 19 31");
}

#[test]
fn monthly_weekday_examples() {
    let first_friday = "1997-09 5, 1997-10 3, 1997-11 7, 1997-12 5";
    let ten =
        format!("{first_friday}, 1998-01 2, 1998-02 6, 1998-03 6, 1998-04 3, 1998-05 1, 1998-06 5");
    check("1997-09-05", "FREQ=MONTHLY;COUNT=10;BYDAY=1FR", &ten);
    check("1997-09-05", "FREQ=MONTHLY;UNTIL=19971224T000000Z;BYDAY=1FR", first_friday);
    let first_and_last_sunday =
        "1997-09 7 28, 1997-11 2 30, 1998-01 4 25, 1998-03 1 29, 1998-05 3 31";
    let rule = "FREQ=MONTHLY;INTERVAL=2;COUNT=10;BYDAY=1SU,-1SU";
    check("1997-09-07", rule, first_and_last_sunday);
    let second_to_last = "1997-09 22, 1997-10 20, 1997-11 17, 1997-12 22, 1998-01 19, 1998-02 16";
    check("1997-09-22", "FREQ=MONTHLY;COUNT=6;BYDAY=-2MO", second_to_last);
    let every_tuesday = "1997-09 2 9 16 23 30, 1997-11 4 11 18 25, 1998-01 6 13 20 27, \
                         1998-03 3 10 17 24 31";
    check("1997-09-02", "FREQ=MONTHLY;INTERVAL=2;BYDAY=TU", every_tuesday);
}

#[test]
fn monthly_day_examples() {
    let third_to_last = "1997-09 28, 1997-10 29, 1997-11 28, 1997-12 29, 1998-01 29, 1998-02 26";
    check("1997-09-28", "FREQ=MONTHLY;BYMONTHDAY=-3", third_to_last);
    let second_and_15th = "1997-09 2 15, 1997-10 2 15, 1997-11 2 15, 1997-12 2 15, 1998-01 2 15";
    check("1997-09-02", "FREQ=MONTHLY;COUNT=10;BYMONTHDAY=2,15", second_and_15th);
    let first_and_last =
        "1997-09 30, 1997-10 1 31, 1997-11 1 30, 1997-12 1 31, 1998-01 1 31, 1998-02 1";
    check("1997-09-30", "FREQ=MONTHLY;COUNT=10;BYMONTHDAY=1,-1", first_and_last);
    let rule = "FREQ=MONTHLY;INTERVAL=18;COUNT=10;BYMONTHDAY=10,11,12,13,14,15";
    check("1997-09-10", rule, "1997-09 10 11 12 13 14 15, 1999-03 10 11 12 13");
}

#[test]
fn a_day_that_a_month_lacks_is_ignored() {
    let days = "2007-01 15 30, 2007-02 15, 2007-03 15 30";
    check("2007-01-15", "FREQ=MONTHLY;BYMONTHDAY=15,30;COUNT=5", days);
}

#[test]
fn monthly_weekday_and_day_examples() {
    // DTSTART is an instance whatever the rule says; the RFC excludes it by EXDATE.
    let friday_13th = "1997-09 2, 1998-02 13, 1998-03 13, 1998-11 13, 1999-08 13, 2000-10 13";
    check("1997-09-02", "FREQ=MONTHLY;BYDAY=FR;BYMONTHDAY=13", friday_13th);
    let saturday = "1997-09 13, 1997-10 11, 1997-11 8, 1997-12 13, 1998-01 10, 1998-02 7, \
                    1998-03 7, 1998-04 11, 1998-05 9, 1998-06 13";
    check("1997-09-13", "FREQ=MONTHLY;BYDAY=SA;BYMONTHDAY=7,8,9,10,11,12,13", saturday);
}

#[test]
fn set_position_examples() {
    let third = "1997-09 4, 1997-10 7, 1997-11 6";
    check("1997-09-04", "FREQ=MONTHLY;COUNT=3;BYDAY=TU,WE,TH;BYSETPOS=3", third);
    let second_to_last = "1997-09 29, 1997-10 30, 1997-11 27, 1997-12 30, 1998-01 29, 1998-02 26, \
                          1998-03 30";
    check("1997-09-29", "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-2", second_to_last);
}

#[test]
fn yearly_month_examples() {
    let june_and_july = "1997-06 10, 1997-07 10, 1998-06 10, 1998-07 10, 1999-06 10, 1999-07 10, \
                         2000-06 10, 2000-07 10, 2001-06 10, 2001-07 10";
    check("1997-06-10", "FREQ=YEARLY;COUNT=10;BYMONTH=6,7", june_and_july);
    let first_quarter = "1997-03 10, 1999-01 10, 1999-02 10, 1999-03 10, 2001-01 10, 2001-02 10, \
                         2001-03 10, 2003-01 10, 2003-02 10, 2003-03 10";
    check("1997-03-10", "FREQ=YEARLY;INTERVAL=2;COUNT=10;BYMONTH=1,2,3", first_quarter);
}

#[test]
fn yearly_weekday_examples() {
    check("1997-05-19", "FREQ=YEARLY;BYDAY=20MO", "1997-05 19, 1998-05 18, 1999-05 17");
    let in_march = "1997-03 13 20 27, 1998-03 5 12 19 26, 1999-03 4 11 18 25";
    check("1997-03-13", "FREQ=YEARLY;BYMONTH=3;BYDAY=TH", in_march);
    let in_summer = "1997-06 5 12 19 26, 1997-07 3 10 17 24 31, 1997-08 7 14 21 28, \
                     1998-06 4 11 18 25, 1998-07 2 9 16 23 30, 1998-08 6 13 20 27, \
                     1999-06 3 10 17 24, 1999-07 1 8 15 22 29, 1999-08 5 12 19 26";
    check("1997-06-05", "FREQ=YEARLY;BYDAY=TH;BYMONTH=6,7,8", in_summer);
    let election = "FREQ=YEARLY;INTERVAL=4;BYMONTH=11;BYDAY=TU;BYMONTHDAY=2,3,4,5,6,7,8";
    check("1996-11-05", election, "1996-11 5, 2000-11 7, 2004-11 2");
}

#[test]
fn examples_with_parts_that_tasks_do_not_have_are_refused() {
    for rule in [
        "FREQ=YEARLY;INTERVAL=3;COUNT=10;BYYEARDAY=1,100,200",
        "FREQ=YEARLY;BYWEEKNO=20;BYDAY=MO",
        "FREQ=HOURLY;INTERVAL=3;UNTIL=19970902T170000Z",
        "FREQ=MINUTELY;INTERVAL=15;COUNT=6",
        "FREQ=DAILY;BYHOUR=9,10,11,12,13,14,15,16;BYMINUTE=0,20,40",
    ] {
        assert!(Rule::parse(rule).is_err(), "{rule}");
    }
}
