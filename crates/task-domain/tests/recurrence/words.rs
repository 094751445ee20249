//! What people read about a recurrence.

use std::collections::HashMap;

use task_domain::{Basis, Recurrence};

use crate::naive::Freq;
use crate::random_rules::Draws;
use crate::support::{recurrence, zone};

#[track_caller]
fn check(rule: &str, words: &str) {
    let recurrence = recurrence(rule, "2027-01-31 09:00");
    assert_eq!(recurrence.text(zone("Asia/Karachi")), words, "{rule}");
}

#[test]
fn intervals_are_told() {
    check("FREQ=DAILY", "every day");
    check("FREQ=WEEKLY", "every week");
    check("FREQ=MONTHLY", "every month");
    check("FREQ=YEARLY", "every year");
    check("FREQ=DAILY;INTERVAL=3", "every 3 days");
    check("FREQ=MONTHLY;INTERVAL=2", "every 2 months");
}

#[test]
fn weekdays_are_told() {
    check("FREQ=WEEKLY;BYDAY=MO", "every week on Mon");
    check("FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,WE", "every 2 weeks on Mon, Wed");
    check("FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR", "every weekday");
    check("FREQ=DAILY;BYDAY=MO,TU,WE,TH,FR", "every weekday");
    check("FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,TU,WE,TH,FR", "every 2 weeks on weekdays");
    check("FREQ=MONTHLY;BYDAY=-1FR", "every month on the last Fri");
    check("FREQ=MONTHLY;BYDAY=1MO,-2TU", "every month on the 1st Mon, the 2nd to last Tue");
    check("FREQ=YEARLY;BYDAY=20MO", "every year on the 20th Mon");
    check("FREQ=YEARLY;BYMONTH=3;BYDAY=TH", "every year in Mar on Thu");
}

#[test]
fn days_are_told() {
    check("FREQ=MONTHLY;BYMONTHDAY=1,15", "every month on the 1st, 15th");
    check("FREQ=MONTHLY;BYMONTHDAY=11,22,23,-1", "every month on the 11th, 22nd, 23rd, last day");
    check("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29", "every year on 29 Feb");
    check("FREQ=YEARLY;BYMONTH=1,7;BYMONTHDAY=1", "every year on 1 Jan, 1 Jul");
    check("FREQ=YEARLY;BYMONTH=12;BYMONTHDAY=24,31", "every year on 24 Dec, 31 Dec");
    check("FREQ=YEARLY;BYMONTH=1,7;BYMONTHDAY=1,15", "every year in Jan, Jul on the 1st, 15th");
    check("FREQ=MONTHLY;BYDAY=FR;BYMONTHDAY=13", "every month on Fri the 13th");
    check("FREQ=DAILY;BYMONTH=1", "every day in Jan");
}

#[test]
fn positions_are_told() {
    let workdays = "BYDAY=MO,TU,WE,TH,FR";
    check(&format!("FREQ=MONTHLY;{workdays};BYSETPOS=-1"), "every month on the last weekday");
    check("FREQ=MONTHLY;BYDAY=SA,SU;BYSETPOS=1,-1", "every month on the 1st, last of Sat, Sun");
    check("FREQ=YEARLY;BYMONTH=2,4;BYSETPOS=2", "every year in Feb, Apr, the 2nd of these");
}

#[test]
fn the_end_is_told_as_the_owner_sees_it() {
    // 20:00 in UTC is the next day in Karachi.
    check("FREQ=DAILY;UNTIL=20270228T200000Z", "every day, until 1 Mar 2027");
    check("FREQ=DAILY;COUNT=5", "every day, 5 times");
    check("FREQ=DAILY;COUNT=1", "every day, once");
}

#[test]
fn the_basis_is_told() {
    let every_day = recurrence("FREQ=DAILY;INTERVAL=3;COUNT=5", "2027-01-31 09:00");
    let after = Recurrence { basis: Basis::Completion, ..every_day };
    assert_eq!(after.text(zone("UTC")), "every 3 days after completion, 5 times");
}

#[test]
fn rules_that_differ_read_differently_in_one_plain_line() {
    let mut read = HashMap::new();
    let mut draws = Draws::seeded(11);
    for freq in [Freq::Daily, Freq::Weekly, Freq::Monthly, Freq::Yearly].repeat(2_000) {
        // On which day weeks begin is not told: people know it, and it rarely matters.
        let mut parts = draws.rule(freq);
        parts.week_start = 0;
        let recurrence = recurrence(&parts.text(), "2027-01-31 09:00");
        let rule = recurrence.rule.to_string();
        let words = recurrence.text(zone("UTC"));
        assert!(words.starts_with("every ") && !words.contains("  "), "{rule}: {words}");
        let is_plain = |c: char| c.is_ascii_alphanumeric() || c == ' ' || c == ',';
        assert!(words.chars().all(is_plain), "{rule}: {words}");
        let known = read.entry(words.clone()).or_insert_with(|| rule.clone());
        assert_eq!(*known, rule, "both read \"{words}\"");
    }
}
