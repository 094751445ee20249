//! Rules as text: what is taken, how it is written again, and what is told about the rest.

use chrono::Duration;
use expect_test::{Expect, expect};
use task_domain::recurrence::{End, Frequency};
use task_domain::{Rule, RuleError};

use crate::naive::Freq;
use crate::random_rules::Draws;
use crate::support::{rule, utc};

#[track_caller]
fn check(text: &str, canonical: &str) {
    assert_eq!(rule(text).to_string(), canonical);
    assert_eq!(rule(canonical), rule(text));
}

#[test]
fn rules_are_written_in_one_canonical_way() {
    check("FREQ=DAILY", "FREQ=DAILY");
    check(" rrule:freq=daily;interval=1;wkst=MO ", "FREQ=DAILY");
    check("INTERVAL=002;FREQ=WEEKLY;BYDAY=WE,MO", "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,WE");
    check("FREQ=MONTHLY;BYDAY=-1FR,+2TU,SU", "FREQ=MONTHLY;BYDAY=SU,2TU,-1FR");
    check("FREQ=MONTHLY;BYMONTHDAY=-1,-3,15,1", "FREQ=MONTHLY;BYMONTHDAY=1,15,-3,-1");
    check("COUNT=5;FREQ=YEARLY;BYMONTH=12,1", "FREQ=YEARLY;COUNT=5;BYMONTH=1,12");
    check("FREQ=DAILY;UNTIL=20270301T090000Z", "FREQ=DAILY;UNTIL=20270301T090000Z");
    check(
        "WKST=SU;BYSETPOS=-1,1;BYDAY=FR;FREQ=MONTHLY",
        "FREQ=MONTHLY;BYDAY=FR;BYSETPOS=1,-1;WKST=SU",
    );
}

#[test]
fn whatever_is_written_reads_back_the_same() {
    let mut draws = Draws::seeded(7);
    for freq in [Freq::Daily, Freq::Weekly, Freq::Monthly, Freq::Yearly] {
        for _ in 0..300 {
            let rule = rule(&draws.rule(freq).text());
            assert_eq!(Rule::parse(&rule.to_string()), Ok(rule));
        }
    }
}

#[test]
fn an_end_beside_the_rule_holds_no_more_than_its_text_can_say() {
    let fraction = utc("2027-03-01 09:00") + Duration::milliseconds(999);
    let rule = rule("FREQ=DAILY").ending(Some(fraction), None).expect("an end");
    assert_eq!(Rule::parse(&rule.to_string()), Ok(rule));
    let far = fraction + Duration::days(366 * 8_000);
    let told = crate::support::rule("FREQ=DAILY").ending(Some(far), None).expect_err("too far");
    assert!(told.to_string().ends_with("UNTIL is an instant up to the year 9999"), "{told}");
}

#[test]
fn words_stand_for_common_rules() {
    for (word, text) in [
        ("daily", "FREQ=DAILY"),
        ("weekly", "FREQ=WEEKLY"),
        ("Monthly", "FREQ=MONTHLY"),
        ("yearly", "FREQ=YEARLY"),
        ("weekdays", "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR"),
        ("every_monday", "FREQ=WEEKLY;BYDAY=MO"),
        ("every_tuesday", "FREQ=WEEKLY;BYDAY=TU"),
        ("every_wednesday", "FREQ=WEEKLY;BYDAY=WE"),
        ("every_thursday", "FREQ=WEEKLY;BYDAY=TH"),
        ("every_friday", "FREQ=WEEKLY;BYDAY=FR"),
        ("every_saturday", "FREQ=WEEKLY;BYDAY=SA"),
        ("every_sunday", "FREQ=WEEKLY;BYDAY=SU"),
    ] {
        assert_eq!(Rule::from_word(word), Ok(rule(text)));
    }
}

#[track_caller]
fn check_refused(texts: &[&str], expected: Expect) {
    let told: Vec<String> = texts
        .iter()
        .map(|text| match Rule::parse(text) {
            Ok(rule) => panic!("{text} was read as {rule}"),
            Err(error) => format!("{error}\n"),
        })
        .collect();
    expected.assert_eq(&told.concat());
}

#[test]
fn a_part_that_is_no_part_is_named() {
    check_refused(
        &[
            "",
            "INTERVAL=2",
            "FREQ=DAILY;",
            "FREQ=DAILY;EVERY",
            "FREQ=DAILY;FREQ=DAILY",
            "FREQ=DAILY;BYHOUR=9",
            "FREQ=YEARLY;BYWEEKNO=20",
        ],
        expect![[r#"
            `` is not a part of a rule: parts are NAME=value, with `;` between them
            FREQ is missing: write DAILY, WEEKLY, MONTHLY or YEARLY, as in FREQ=WEEKLY
            `` is not a part of a rule: parts are NAME=value, with `;` between them
            `EVERY` is not a part of a rule: parts are NAME=value, with `;` between them
            FREQ is there twice
            BYHOUR is not supported: the time of day is the due date's
            BYWEEKNO is not supported: use BYMONTH, BYMONTHDAY or BYDAY
        "#]],
    );
}

#[test]
fn an_unknown_part_is_told_the_known_ones() {
    let told = Rule::parse("FREQ=DAILY;TIMES=3").expect_err("no such part").to_string();
    let expected = "`TIMES` is not a part of a rule: parts are FREQ, INTERVAL, UNTIL, COUNT, \
                    BYMONTH, BYMONTHDAY, BYDAY, BYSETPOS and WKST";
    assert_eq!(told, expected);
}

#[test]
fn a_value_out_of_range_is_told_the_range() {
    check_refused(
        &[
            "FREQ=FORTNIGHTLY",
            "FREQ=HOURLY",
            "FREQ=DAILY;INTERVAL=0",
            "FREQ=DAILY;INTERVAL=1001",
            "FREQ=DAILY;INTERVAL=+1",
            "FREQ=DAILY;INTERVAL=",
            "FREQ=DAILY;COUNT=0",
            "FREQ=DAILY;COUNT=10001",
            "FREQ=DAILY;UNTIL=20270301",
            "FREQ=DAILY;UNTIL=20270301T090000",
            "FREQ=DAILY;UNTIL=2027031T090000Z",
            "FREQ=DAILY;UNTIL=20270230T090000Z",
            "FREQ=MONTHLY;BYMONTH=13",
            "FREQ=MONTHLY;BYMONTHDAY=0",
            "FREQ=MONTHLY;BYMONTHDAY=-32",
            "FREQ=WEEKLY;BYDAY=MONDAY",
            "FREQ=WEEKLY;BYDAY=MO,",
            "FREQ=MONTHLY;BYDAY=0MO",
            "FREQ=MONTHLY;BYDAY=É",
            "FREQ=YEARLY;BYDAY=54MO",
            "FREQ=MONTHLY;BYDAY=MO;BYSETPOS=367",
            "FREQ=WEEKLY;WKST=XX",
        ],
        expect![[r#"
            FREQ=FORTNIGHTLY is not valid: FREQ is DAILY, WEEKLY, MONTHLY or YEARLY
            FREQ=HOURLY is not supported: a task recurs DAILY, WEEKLY, MONTHLY or YEARLY
            INTERVAL=0 is not valid: INTERVAL is a whole number from 1 to 1000
            INTERVAL=1001 is not valid: INTERVAL is a whole number from 1 to 1000
            INTERVAL=+1 is not valid: INTERVAL is a whole number from 1 to 1000
            INTERVAL= is not valid: INTERVAL is a whole number from 1 to 1000
            COUNT=0 is not valid: COUNT is a whole number from 1 to 10000
            COUNT=10001 is not valid: COUNT is a whole number from 1 to 10000
            UNTIL=20270301 is not valid: UNTIL is a UTC instant such as 20270301T090000Z
            UNTIL=20270301T090000 is not valid: UNTIL is a UTC instant such as 20270301T090000Z
            UNTIL=2027031T090000Z is not valid: UNTIL is a UTC instant such as 20270301T090000Z
            UNTIL=20270230T090000Z is not valid: UNTIL is a UTC instant such as 20270301T090000Z
            BYMONTH=13 is not valid: BYMONTH is a whole number from 1 to 12
            BYMONTHDAY=0 is not valid: BYMONTHDAY is 1 to 31, or -31 to -1 from the end
            BYMONTHDAY=-32 is not valid: BYMONTHDAY is 1 to 31, or -31 to -1 from the end
            BYDAY=MONDAY is not valid: BYDAY is MO to SU, or a numbered one such as -1FR
            BYDAY= is not valid: BYDAY is MO to SU, or a numbered one such as -1FR
            BYDAY=0MO is not valid: BYDAY is MO to SU, or a numbered one such as -1FR
            BYDAY=É is not valid: BYDAY is MO to SU, or a numbered one such as -1FR
            BYDAY=54MO is not valid: BYDAY is MO to SU, or a numbered one such as -1FR
            BYSETPOS=367 is not valid: BYSETPOS is 1 to 366, or -366 to -1 from the end
            WKST=XX is not valid: WKST is MO to SU
        "#]],
    );
}

#[test]
fn parts_that_do_not_go_together_are_told_so() {
    check_refused(
        &[
            "FREQ=WEEKLY;BYDAY=1MO",
            "FREQ=DAILY;BYDAY=-1FR",
            "FREQ=MONTHLY;BYDAY=6MO",
            "FREQ=YEARLY;BYMONTH=3;BYDAY=20MO",
            "FREQ=WEEKLY;BYMONTHDAY=1",
            "FREQ=MONTHLY;BYSETPOS=-1",
            "FREQ=DAILY;COUNT=2;UNTIL=20270301T090000Z",
        ],
        expect![[r#"
            BYDAY=1MO is not valid: only MONTHLY and YEARLY rules number their weekdays
            BYDAY=-1FR is not valid: only MONTHLY and YEARLY rules number their weekdays
            BYDAY=6MO is not valid: a month has at most five of a weekday
            BYDAY=20MO is not valid: a month has at most five of a weekday
            BYMONTHDAY has no meaning with FREQ=WEEKLY: use BYDAY
            BYSETPOS needs a set to choose from: add BYDAY, BYMONTHDAY or BYMONTH
            a rule ends by UNTIL or by COUNT, not by both
        "#]],
    );
}

#[test]
fn a_rule_as_long_as_a_book_is_refused_without_repeating_it() {
    let long = format!("FREQ=DAILY;BYMONTH={}", "1,".repeat(100_000));
    assert_eq!(Rule::parse(&long), Err(RuleError::TooLong { max_chars: 1_000 }));
    let told = Rule::from_word(&"w".repeat(100_000)).expect_err("no such word").to_string();
    assert!(told.len() < 300, "{told}");
}

#[test]
fn an_end_may_stand_beside_the_rule_but_only_one() {
    let daily = || Rule::every(Frequency::Daily);
    let until = utc("2027-03-01 09:00");
    let ends = |rule: Result<Rule, RuleError>| rule.map(|rule| rule.end());
    assert_eq!(ends(daily().ending(None, None)), Ok(End::Never));
    assert_eq!(ends(daily().ending(Some(until), None)), Ok(End::Until(until)));
    assert_eq!(ends(daily().ending(None, Some(3))), Ok(End::Count(3)));
    assert_eq!(ends(daily().ending(Some(until), Some(3))), Err(RuleError::UntilWithCount));
    let counted = rule("FREQ=DAILY;COUNT=3");
    assert_eq!(ends(counted.clone().ending(None, Some(3))), Err(RuleError::EndGivenTwice));
    assert_eq!(ends(counted.clone().ending(None, None)), Ok(End::Count(3)));
    assert_eq!(counted.without_end(), daily());
}
