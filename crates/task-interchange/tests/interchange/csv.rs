//! CSV as Todoist writes it.

use expect_test::{Expect, expect};
use task_interchange::Format;

use crate::support::told;

#[test]
fn a_project_is_read() {
    check(
        include_str!("../../../../tests/fixtures/imports/todoist.csv"),
        expect![[r#"
            4: Pay the rent !Urgent [home]
               due 2027-03-01 23:59 Europe/Berlin
               every month on the 1st, no. 1, from 2027-03-01 23:59:00
               | By bank transfer, reference "Flat 4"
            5: Plan the summer holiday !High [family]
               due 2099-04-30 23:59 Europe/Berlin
               - Compare trains and flights
               - Ask Grandma when she is free
               | Ask Grandma when she is free: 2099-04-12; She prefers calls after lunch
               | Ask Grandma when she is free: She said the second half of July
               | Ask Grandma when she is free: Budget: 2.000 EUR
               | Passports are valid until 2101
            13: Weekly report [office] [email] [Work]
               due 2027-03-05 16:00 Europe/Berlin
               every week on Fri, no. 1, from 2027-03-05 16:00:00
               | Duration: 45 minute
               | Responsible: Grace (7654321)
            14: Water the office plants !Low [Work]
               due 2027-03-01 23:59 Europe/Berlin
               every 3 days after completion, no. 1, from 2027-03-01 23:59:00
            15: Renew the TLS certificate !Urgent [Work]
               due 2099-11-02 09:30 Europe/Berlin
               | Deadline: 2099-11-05
            16: Read the minutes !Low [Work]
        "#]],
    );
}

#[test]
fn urdu_is_text_like_any_other() {
    check(
        include_str!("../../../../tests/fixtures/imports/todoist-ur.csv"),
        expect![[r#"
            3: بجلی کا بل ادا کریں !Urgent [ضروری] [گھر]
               due 2027-03-15 10:00 Asia/Karachi
               every month on the 15th, no. 1, from 2027-03-15 10:00:00
               | آخری تاریخ سے پہلے، بینک یا موبائل سے
            4: عید کی خریداری !High [گھر]
               due 2099-03-10 23:59 Asia/Karachi
               - بچوں کے کپڑے
               - مٹھائی اور چوڑیاں
               | مٹھائی اور چوڑیاں: لبرٹی مارکیٹ میں رعایت ہے
            8: امی کو فون کریں [خاندان] [گھر]
               due 2027-03-01 20:00 Asia/Karachi
               every day, no. 1, from 2027-03-01 20:00:00
        "#]],
    );
}

#[test]
fn dates_are_read_as_people_write_them() {
    check_dates(
        &[
            "2099-03-22",
            "2099-03-22 14:00",
            "2099-03-22T14:00:00+02:00",
            "today",
            "tomorrow at 9am",
            "mon 9:30pm",
            "22 Mar",
            "Jan 5th",
            "22 March 2099 12am",
        ],
        expect![[r#"
            2: 2099-03-22
               due 2099-03-22 23:59 Europe/Berlin
            3: 2099-03-22 14:00
               due 2099-03-22 14:00 Europe/Berlin
            4: 2099-03-22T14:00:00+02:00
               due 2099-03-22 13:00 Europe/Berlin
            5: today
               due 2027-03-01 23:59 Europe/Berlin
            6: tomorrow at 9am
               due 2027-03-02 09:00 Europe/Berlin
            7: mon 9:30pm
               due 2027-03-08 21:30 Europe/Berlin
            8: 22 Mar
               due 2027-03-22 23:59 Europe/Berlin
            9: Jan 5th
               due 2028-01-05 23:59 Europe/Berlin
            10: 22 March 2099 12am
               due 2099-03-22 00:00 Europe/Berlin
        "#]],
    );
}

#[test]
fn repetitions_are_read_as_people_write_them() {
    check_dates(
        &[
            "every day",
            "daily",
            "every weekday at 8am",
            "every other week starting 2099-03-22",
            "every! 3 days",
            "every mon, thu at 18:00",
            "every 1st, 15th",
            "every month on the last day",
            "every last day",
            "every 3rd friday",
            "every 27 mar",
            "every year from 24 dec 2099 until 2110-01-01",
        ],
        expect![[r#"
            2: every day
               due 2027-03-01 23:59 Europe/Berlin
               every day, no. 1, from 2027-03-01 23:59:00
            3: daily
               due 2027-03-01 23:59 Europe/Berlin
               every day, no. 1, from 2027-03-01 23:59:00
            4: every weekday at 8am
               due 2027-03-02 08:00 Europe/Berlin
               every weekday, no. 1, from 2027-03-02 08:00:00
            5: every other week starting 2099-03-22
               due 2099-03-22 23:59 Europe/Berlin
               every 2 weeks, no. 1, from 2099-03-22 23:59:00
            6: every! 3 days
               due 2027-03-01 23:59 Europe/Berlin
               every 3 days after completion, no. 1, from 2027-03-01 23:59:00
            7: every mon, thu at 18:00
               due 2027-03-01 18:00 Europe/Berlin
               every week on Mon, Thu, no. 1, from 2027-03-01 18:00:00
            8: every 1st, 15th
               due 2027-03-01 23:59 Europe/Berlin
               every month on the 1st, 15th, no. 1, from 2027-03-01 23:59:00
            9: every month on the last day
               due 2027-03-31 23:59 Europe/Berlin
               every month on the last day, no. 1, from 2027-03-31 23:59:00
            10: every last day
               due 2027-03-31 23:59 Europe/Berlin
               every month on the last day, no. 1, from 2027-03-31 23:59:00
            11: every 3rd friday
               due 2027-03-19 23:59 Europe/Berlin
               every month on the 3rd Fri, no. 1, from 2027-03-19 23:59:00
            12: every 27 mar
               due 2027-03-27 23:59 Europe/Berlin
               every year on 27 Mar, no. 1, from 2027-03-27 23:59:00
            13: every year from 24 dec 2099 until 2110-01-01
               due 2099-12-24 23:59 Europe/Berlin
               every year, until 1 Jan 2110, no. 1, from 2099-12-24 23:59:00
        "#]],
    );
}

#[test]
fn what_is_wrong_is_told_by_line_and_column() {
    check(
        "TYPE,CONTENT,PRIORITY,INDENT,DATE,TIMEZONE\n\
         task,Soon,9,1,whenever,Berlin\n\
         task,\"Two\nlines\",1,1,,\n\
         task,,1,1,,\n\
         milestone,Half way,,,,\n\
         task,Every blue moon,1,1,every blue moon,\n\
         task,Too often,1,1,every 5000 days,\n\
         task,Fine,1,1,,\n",
        expect![[r#"
            line 2, TIMEZONE: `Berlin` is not an IANA name such as Europe/Berlin or Asia/Karachi
            line 2, DATE: `whenever` is not a date such as 2027-03-22, 2027-03-22 14:00, 22 Mar, tomorrow at 9am, every day or every 2 weeks starting 2027-03-22
            line 2, PRIORITY: `9` is not 1 (urgent) to 4 (low)
            3: Two lines !Urgent
            line 5, CONTENT: must not be empty
            line 6, TYPE: `milestone` is not task, section or note
            line 7, DATE: `every blue moon` is not a date such as 2027-03-22, 2027-03-22 14:00, 22 Mar, tomorrow at 9am, every day or every 2 weeks starting 2027-03-22
            line 8, DATE: `every 5000 days` is not a date such as 2027-03-22, 2027-03-22 14:00, 22 Mar, tomorrow at 9am, every day or every 2 weeks starting 2027-03-22
            9: Fine !Urgent
        "#]],
    );
}

#[test]
fn a_file_without_the_columns_names_is_told_what_it_lacks() {
    check(
        "Buy milk,2099-03-22\nCall Mom,\n",
        expect![[r#"
        line 1, CONTENT: is missing: the first line names the columns, and one of them is CONTENT
    "#]],
    );
}

/// Any program's columns will do, in any order, as long as one is the content.
#[test]
fn columns_go_by_their_names() {
    check(
        "date,ignored,content\n2099-03-22,?,Buy milk\n,?,\"Say \"\"hello\"\", then go\"\n",
        expect![[r#"
            2: Buy milk
               due 2099-03-22 23:59 Europe/Berlin
            3: Say "hello", then go
        "#]],
    );
}

#[track_caller]
fn check_dates(dates: &[&str], expected: Expect) {
    let rows: String = dates.iter().map(|date| format!("task,\"{date}\",\"{date}\"\n")).collect();
    check(&format!("TYPE,CONTENT,DATE\n{rows}"), expected);
}

fn check(file: &str, expected: Expect) {
    expected.assert_eq(&told(Format::Csv, file));
}
