//! JSON as the API answers with it, and as people write it by hand.

use expect_test::{Expect, expect};
use task_interchange::Format;

use crate::support::{tasks, told, write};

#[test]
fn an_export_is_read_and_written_byte_by_byte() {
    let file = include_str!("../../../../tests/fixtures/imports/taskmaster.json");
    check(
        file,
        expect![[r#"
        2: Call the landlord [home]
           uid 1@018f0000-0000-7000-8000-000000000001
           due 2099-03-22 09:00 Europe/Berlin
           every week on Mon, 3 times, no. 2, from 2099-03-22 09:00:00
           remind 15 min before
           created 2026-10-01 10:00
        3: کرایہ ادا کریں !Urgent [گھر] [ضروری]
           uid 2@018f0000-0000-7000-8000-000000000001
           due 2099-02-28 09:00 Asia/Karachi
           every month, no. 2, from 2099-01-31 09:00:00
           remind 1440 min before
           remind 2099-02-27 17:00
           - رسید لیں
           - x بجلی کا بل
           created 2026-10-02 13:00
           | مالک مکان کو
           | بینک کے ذریعے
        4: x Book the dentist !Low
           uid 3@018f0000-0000-7000-8000-000000000001
           completed 2026-09-03 10:00
           created 2026-09-01 10:00
    "#]],
    );
    let read = tasks(Format::Json, file);
    let again =
        write(Format::Json, read.iter().map(|(uid, task)| (uid.clone().expect("a uid"), task)));
    assert_eq!(again, file);
}

#[test]
fn an_array_alone_and_a_list_of_the_api_are_read() {
    check(
        r#"[{"title":"One"},{"title":"Two"}]"#,
        expect![[r#"
        1: One
        1: Two
    "#]],
    );
    check(
        r#"{"total":1,"filters":{"tasks":[{"title":"Not this"}]},"tasks":[{"title":"One"}],
        "next_cursor":null,"seq":7}"#,
        expect![[r#"
            1: One
        "#]],
    );
}

#[test]
fn what_is_left_out_has_its_default() {
    check(
        r#"[{"title":"Due","due_at":"2099-03-22T08:00:00Z"},
        {"title":"Word","due_at":"2099-03-22T08:00:00Z","recurrence":"every_monday"},
        {"title":"Until","due_at":"2099-03-22T08:00:00Z",
         "recurrence":{"rule":"daily","until":"2099-04-01"},"reminders":[]},
        {"title":"Done","completed":true},{"title":"Nulls","description":null,"tags":null}]"#,
        expect![[r#"
            1: Due
               due 2099-03-22 09:00 Europe/Berlin
               remind 15 min before
            2: Word
               due 2099-03-22 09:00 Europe/Berlin
               every week on Mon, no. 1, from 2099-03-22 09:00:00
               remind 15 min before
            3: Until
               due 2099-03-22 09:00 Europe/Berlin
               every day, until 1 Apr 2099, no. 1, from 2099-03-22 09:00:00
            5: x Done
               completed 2027-03-01 13:00
            5: Nulls
        "#]],
    );
}

#[test]
fn what_is_wrong_is_told_by_line_and_member() {
    check(
        r#"[{"title":"Fine"},
        {"description":"Nameless"},
        {"title":"Many","priority":"asap"},
        {"title":"Many","due_at":"soon","tags":["a","\n"],"timezone":"Mars/Olympus",
         "recurrence":{"rule":"FREQ=HOURLY"},"reminders":[{"before":"soon"}],
         "subtasks":[{"title":""}]},
        {"title":"No date","recurrence":"daily"},
        {"title":7},
        {"title":"a" "b"},
        {"title":"Escapes \"}\\"}]"#,
        expect![[r#"
            1: Fine
            line 2, title: is missing: every task has a title
            line 3, priority: unknown variant `asap`, expected one of `low`, `medium`, `high`, `urgent`
            line 4, due_at: `soon` is not an instant such as 2027-01-31T09:00:00Z, from 1970 to 9999
            line 4, timezone: `Mars/Olympus` is not an IANA name such as Europe/Berlin or Asia/Karachi
            line 4, tags: must not be empty
            line 4, recurrence: FREQ=HOURLY is not supported: a task recurs DAILY, WEEKLY, MONTHLY or YEARLY
            line 4, reminders: `soon` is not a duration such as PT15M or P1D
            line 4, subtasks: must not be empty
            line 7, recurrence: needs a due date to repeat from: set due_at
            line 8, title: invalid type: integer `7`, expected a string
            line 9, task: is not valid JSON: expected `,` or `}`
            10: Escapes "}\
        "#]],
    );
}

#[test]
fn what_holds_no_tasks_is_told_what_it_lacks() {
    check(
        "",
        expect![[r#"
        line 1, tasks: is missing: an array of tasks, alone or as the member `tasks` of an object
    "#]],
    );
    check(
        "{}",
        expect![[r#"
        line 1, tasks: is missing: an array of tasks, alone or as the member `tasks` of an object
    "#]],
    );
    check(
        "\"tasks\"",
        expect![[r#"
        line 1, tasks: is missing: an array of tasks, alone or as the member `tasks` of an object
    "#]],
    );
    check(
        r#"{"tasks":{"1":{"title":"One"}}}"#,
        expect![[r#"
        line 1, tasks: is missing: an array of tasks, alone or as the member `tasks` of an object
    "#]],
    );
    check(
        r#"[{"title":"One"},"#,
        expect![[r#"
        1: One
        line 1, tasks: the file ends before the task does
    "#]],
    );
    check(
        r#"[{"title":"One"#,
        expect![[r#"
        line 1, tasks: the file ends before the task does
    "#]],
    );
    check(
        r#"[{"title":"One"}, 7, {"title":"Two"}]"#,
        expect![[r#"
        1: One
        line 1, tasks: `7` is not the `{` of a task, a comma or a `]`
    "#]],
    );
}

fn check(file: &str, expected: Expect) {
    expected.assert_eq(&told(Format::Json, file));
}
