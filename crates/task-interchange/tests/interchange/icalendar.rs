//! Calendars as other programs write them, and ours as others want to read it.

use chrono::Duration;
use expect_test::{Expect, expect};
use task_domain::{
    Basis, Draft, RecurrenceInput, Reminder, Rule, Subtask, Tag, Task, Title, transition,
};
use task_interchange::Format;

use crate::support::{SERIES, told, utc, write};

#[test]
fn nextcloud_tasks_are_read() {
    check(
        include_str!("../../../../tests/fixtures/imports/nextcloud-tasks.ics"),
        expect![[r#"
            4: Renew the passport !Urgent [errands] [town hall]
               uid 2b1c7c1e-6c55-4d3b-9a58-0a0c5a3c6f11
               due 2099-03-17 12:00 Europe/Berlin
               remind 1440 min before
               remind 2099-03-16 09:00
               created 2026-10-01 10:15
               | Bring:
               | - two photos
               | - the old passport; both pages, copied
               | 
               | Start: 2099-03-10 09:00 CET
               | Location: Town hall, room 12
            30: A title that is long enough to be folded by whoever writes it down in lines of seventy-five octets
               uid 9f5a5b62-8b51-4f2e-8c33-7a9d4e0a1a02
               due 2099-04-01 23:59 Europe/Berlin
               created 2026-10-01 10:16
            42: x Defrost the freezer
               uid 6a0c3f8e-2d0b-4b12-b0b5-0f6a0f1f2c03
               completed 2026-09-15 20:30
               created 2026-09-01 09:00
        "#]],
    );
}

#[test]
fn apple_reminders_are_read() {
    check(
        include_str!("../../../../tests/fixtures/imports/apple-reminders.ics"),
        expect![[r#"
        12: دوائی لیں !Low
           uid 5B9E7A10-1B7A-4B6D-9E0A-2C7C5D1A0001
           due 2099-03-01 08:00 Asia/Karachi
           every day, until 31 Mar 2099, no. 1, from 2099-03-01 08:00:00
           remind 10 min before
           created 2026-10-01 15:15
        31: فلٹر تبدیل کریں !Urgent
           uid 5B9E7A10-1B7A-4B6D-9E0A-2C7C5D1A0002
           due 2099-01-31 09:00 Asia/Karachi
           every 3 months on the last day, no. 1, from 2099-01-31 09:00:00
           created 2026-10-01 15:16
           | اصل فلٹر، ماڈل ۱۲ — دکان کا نمبر رسید پر لکھا ہوا ہے، دو عدد خرید لیں
        48: x Return the library books
           uid 5B9E7A10-1B7A-4B6D-9E0A-2C7C5D1A0003
           completed 2026-08-10 18:00
           created 2026-08-01 12:16
           | Link: https://library.example.com/loans
    "#]],
    );
}

#[test]
fn dates_are_in_utc_in_a_zone_or_without_a_time() {
    check(
        &calendar(&[
            "SUMMARY:UTC\nDUE:20990322T090000Z",
            "SUMMARY:Floating\nDUE:20990322T090000",
            "SUMMARY:Zone\nDUE;TZID=Asia/Karachi:20990322T090000",
            "SUMMARY:Zone behind a prefix\n\
             DUE;TZID=\"/freeassociation.sourceforge.net/America/New_York\":20990322T090000",
            "SUMMARY:Day\nDUE;VALUE=DATE:20990322",
            "SUMMARY:Start and length\nDTSTART:20990322T090000Z\nDURATION:PT90M",
            "SUMMARY:Start alone\nDTSTART:20990322T090000Z",
        ]),
        expect![[r#"
            3: UTC
               due 2099-03-22 10:00 Europe/Berlin
            7: Floating
               due 2099-03-22 09:00 Europe/Berlin
            11: Zone
               due 2099-03-22 09:00 Asia/Karachi
            15: Zone behind a prefix
               due 2099-03-22 09:00 America/New_York
            19: Day
               due 2099-03-22 23:59 Europe/Berlin
            23: Start and length
               due 2099-03-22 11:30 Europe/Berlin
               | Start: 2099-03-22 10:00 CET
            28: Start alone
               due 2099-03-22 10:00 Europe/Berlin
        "#]],
    );
}

#[test]
fn an_end_may_be_a_date_or_a_wall_clock() {
    check(
        &calendar(&[
            "SUMMARY:Date\nDUE;TZID=Europe/Berlin:20990322T090000\n\
             RRULE:FREQ=DAILY;UNTIL=20990401",
            "SUMMARY:Wall clock\nDUE;TZID=Europe/Berlin:20990322T090000\n\
             RRULE:FREQ=DAILY;UNTIL=20990401T090000",
        ]),
        expect![[r#"
            3: Date
               due 2099-03-22 09:00 Europe/Berlin
               every day, until 1 Apr 2099, no. 1, from 2099-03-22 09:00:00
            8: Wall clock
               due 2099-03-22 09:00 Europe/Berlin
               every day, until 1 Apr 2099, no. 1, from 2099-03-22 09:00:00
        "#]],
    );
}

#[test]
fn alarms_count_from_start_or_end() {
    let alarm = |trigger: &str| format!("BEGIN:VALARM\nTRIGGER{trigger}\nEND:VALARM");
    let start_and_due = "SUMMARY:Both\nDTSTART:20990322T080000Z\nDUE:20990322T100000Z";
    let alarms = [";RELATED=END:-PT15M", ":-PT15M", ":PT3H", ":P1W"].map(alarm).join("\n");
    check(
        &calendar(&[
            &format!("{start_and_due}\n{alarms}"),
            &format!("SUMMARY:No date\n{}", alarm(":-PT15M")),
        ]),
        expect![[r#"
            3: Both
               due 2099-03-22 11:00 Europe/Berlin
               remind 15 min before
               remind 135 min before
               remind 2099-03-22 12:00
               remind 2099-03-29 10:00
               | Start: 2099-03-22 09:00 CET
            20: No date
               remind 15 min before
        "#]],
    );
}

#[test]
fn what_is_wrong_is_told_by_line_and_property() {
    check(
        &calendar(&[
            "UID:1\nDESCRIPTION:Nameless",
            "SUMMARY:Bad date\nDUE:tomorrow\nPRIORITY:12",
            "SUMMARY:Unknown zone\nDUE;TZID=Mars/Olympus:20990322T090000",
            "SUMMARY:By the hour\nDUE:20990322T090000Z\nRRULE:FREQ=HOURLY",
            "SUMMARY:No colon\nDUE",
            "SUMMARY:Fine",
        ]),
        expect![[r#"
            line 3, SUMMARY: is missing: every task has a SUMMARY, its title
            line 9, DUE: `tomorrow` is not a date such as 20270322, or a time such as 20270322T090000Z
            line 10, PRIORITY: `12` is not 0 to 9
            line 14, DUE: `Mars/Olympus` is not a zone of the IANA database, such as Europe/Berlin
            line 19, RRULE: FREQ=HOURLY is not supported: a task recurs DAILY, WEEKLY, MONTHLY or YEARLY
            line 23, line: `DUE` is not a property: a name, a colon and a value
            25: Fine
        "#]],
    );
    check(
        "SUMMARY:Not in a calendar\n",
        expect![[r#"
        line 1, file: is missing: a calendar begins with BEGIN:VCALENDAR
    "#]],
    );
    check(
        "BEGIN:VCALENDAR\nBEGIN:VTODO\nSUMMARY:Cut off\n",
        expect![[r#"
        line 2, VTODO: the file ends before the task does
    "#]],
    );
    check(
        "",
        expect![[r#"
        line 1, file: is missing: a calendar begins with BEGIN:VCALENDAR
    "#]],
    );
}

/// RFC 5545 reads a monthly rule to the letter, skips short months, and wants its zones described.
#[test]
fn what_is_written_says_it_to_the_letter() {
    let task = monthly_task();
    let file = write(Format::ICalendar, [("3@u".to_owned(), &task)]);
    let zone_ends = file.find("END:VTIMEZONE").expect("a zone");
    let zone_begins = file.find("BEGIN:VTIMEZONE").expect("a zone");
    assert_eq!(file.lines().filter(|line| line.len() > 75).count(), 0, "{file}");
    let zone = file[zone_begins..zone_ends].replace("\r\n ", "");
    let shown: String =
        zone.lines().map(|line| format!("{}\n", &line[..line.len().min(50)])).collect();
    expect![[r#"
        BEGIN:VTIMEZONE
        TZID:Europe/Berlin
        BEGIN:STANDARD
        DTSTART:20200101T010000
        TZOFFSETFROM:+0100
        TZOFFSETTO:+0100
        TZNAME:CET
        END:STANDARD
        BEGIN:DAYLIGHT
        DTSTART:20200329T020000
        RDATE:20210328T020000,20220327T020000,20230326T020
        TZOFFSETFROM:+0100
        TZOFFSETTO:+0200
        TZNAME:CEST
        END:DAYLIGHT
        BEGIN:STANDARD
        DTSTART:20201025T030000
        RDATE:20211031T030000,20221030T030000,20231029T030
        TZOFFSETFROM:+0200
        TZOFFSETTO:+0100
        TZNAME:CET
        END:STANDARD
    "#]]
    .assert_eq(&shown);
    expect![[r#"
        END:VTIMEZONE
        BEGIN:VTODO
        UID:3@u
        DTSTAMP:20270101T080000Z
        CREATED;X-TASKMASTER-MS=123:20270101T080000Z
        LAST-MODIFIED;X-TASKMASTER-MS=123:20270101T080000Z
        SUMMARY:Read the electricity meter and write the figures down\, all four of
          them
        PRIORITY:5
        CATEGORIES:errands\, daily
        DUE;TZID=Europe/Berlin:20270131T090000
        RRULE;X-TASKMASTER-RULE="FREQ=MONTHLY";X-TASKMASTER-BASIS=completion:FREQ=M
         ONTHLY;BYMONTHDAY=28,29,30,31;BYSETPOS=-1
        STATUS:NEEDS-ACTION
        X-TASKMASTER-TIMEZONE:Europe/Berlin
        X-TASKMASTER-SUBTASK;X-TASKMASTER-COMPLETED=TRUE:Find the meter\; read it
        BEGIN:VALARM
        ACTION:DISPLAY
        DESCRIPTION:Read the electricity meter and write the figures down\, all fou
         r of them
        TRIGGER;RELATED=END:-PT15M
        END:VALARM
        BEGIN:VALARM
        ACTION:DISPLAY
        DESCRIPTION:Read the electricity meter and write the figures down\, all fou
         r of them
        TRIGGER;VALUE=DATE-TIME:20270130T180000Z
        END:VALARM
        END:VTODO
        END:VCALENDAR
    "#]]
    .assert_eq(&file[zone_ends..].replace('\r', ""));
}

fn monthly_task() -> Task {
    let draft = Draft {
        tags: vec![Tag::parse("errands, daily").expect("a tag")],
        due_at: Some(utc("2027-01-31T08:00:00Z")),
        recurrence: Some(RecurrenceInput {
            rule: Rule::parse("FREQ=MONTHLY").expect("a rule"),
            basis: Basis::Completion,
        }),
        reminders: Some(vec![
            Reminder::Before(Duration::minutes(15)),
            Reminder::At(utc("2027-01-30T18:00:00Z")),
        ]),
        subtasks: vec![Subtask { title: title("Find the meter; read it"), completed: true }],
        ..Draft::new(
            title("Read the electricity meter and write the figures down, all four of them"),
            chrono_tz::Tz::Europe__Berlin,
        )
    };
    transition::create(draft, utc("2027-01-01T08:00:00.123Z"), SERIES).expect("a task")
}

fn title(text: &str) -> Title {
    Title::parse(text).expect(text)
}

fn calendar(tasks: &[&str]) -> String {
    let todo = |task: &&str| format!("BEGIN:VTODO\n{task}\nEND:VTODO\n");
    let todos: String = tasks.iter().map(todo).collect();
    format!("BEGIN:VCALENDAR\nVERSION:2.0\n{todos}END:VCALENDAR\n")
}

fn check(file: &str, expected: Expect) {
    expected.assert_eq(&told(Format::ICalendar, file));
}
