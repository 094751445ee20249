//! todo.txt as its programs write it.

use expect_test::{Expect, expect};
use task_interchange::Format;

use crate::support::told;

#[test]
fn a_file_of_many_years_is_read() {
    check(
        include_str!("../../../../tests/fixtures/imports/todo.txt"),
        expect![[r#"
        1: Call Mom !Urgent [phone] [+Family]
           due 2099-03-05 23:59 Europe/Berlin
           created 2026-10-01 00:00
        2: Take out the bins !High [home]
           due 2099-03-02 23:59 Europe/Berlin
           every week, no. 1, from 2099-03-02 23:59:00
           created 2026-10-02 00:00
        3: Change the water filter [+Flat]
           due 2099-04-01 23:59 Europe/Berlin
           every 3 months after completion, no. 1, from 2099-04-01 23:59:00
           created 2026-10-02 00:00
        4: Write to @Robert about the +launch plan before Friday [Robert] [+launch]
        5: File the tax return
           due 2099-05-31 23:59 Europe/Berlin
           every year, no. 1, from 2099-05-31 23:59:00
           remind 2099-05-01 09:00
           created 2026-10-05 00:00
        6: Learn to juggle !Low
        8: x Buy a birthday present !High [+Family]
           completed 2026-10-10 23:59
           created 2026-10-01 00:00
        9: x Cancel the gym
           completed 2026-10-11 23:59
        10: Meeting notes http://example.com/notes?id=7 at 10:30 sharp
        11: Stand-up [office]
           due 2099-03-02 23:59 Europe/Berlin
           every weekday after completion, no. 1, from 2099-03-02 23:59:00
           created 2026-10-12 00:00
        12: Deploy the fix !Urgent [+launch] [office]
           due 2099-03-03 23:59 Europe/Berlin
           remind 2099-03-02 09:00
    "#]],
    );
}

#[test]
fn urdu_is_text_like_any_other() {
    check(
        include_str!("../../../../tests/fixtures/imports/todo-ur.txt"),
        expect![[r#"
        1: امی کو فون کریں !Urgent [فون] [+خاندان]
           due 2099-03-05 23:59 Europe/Berlin
           created 2026-10-01 00:00
        2: دودھ اور انڈے خریدیں [بازار]
           due 2099-03-02 23:59 Europe/Berlin
           every week, no. 1, from 2099-03-02 23:59:00
           created 2026-10-02 00:00
        3: +گھر کی مرمت کا حساب لگائیں [+گھر]
        4: x کتاب واپس کریں [+لائبریری]
           completed 2026-10-10 23:59
           created 2026-10-01 00:00
    "#]],
    );
}

/// A single date is the day of completion; the letter of a completed task may stand in two places.
#[test]
fn the_head_of_a_line_has_its_order() {
    check(
        "x 2026-10-10 2026-10-01 Both dates pri:A\nx 2026-10-10 One date\nx No date\n\
         x (B) 2026-10-10 2026-10-01 A letter of its own\nxylophone lesson\nX is a letter\n\
         (a) small letters are text\n2026-13-01 no such month\n",
        expect![[r#"
            1: x Both dates !Urgent
               completed 2026-10-10 23:59
               created 2026-10-01 00:00
            2: x One date
               completed 2026-10-10 23:59
            3: x No date
               completed 2027-03-01 13:00
            4: x A letter of its own !High
               completed 2026-10-10 23:59
               created 2026-10-01 00:00
            5: xylophone lesson
            6: X is a letter
            7: (a) small letters are text
            8: 2026-13-01 no such month
        "#]],
    );
}

#[test]
fn what_is_wrong_is_told_by_line_and_key() {
    check(
        "Call Mom due:tomorrow\n\n   \nRent due:2099-03-01 rec:monthly\n(A) \nGym rec:2b \
         due:2099-03-01\nTea rec:1d\nPlants pri:high\nOld due:1969-12-31\ndue:2099-03-01\n",
        expect![[r#"
            line 1, due: `tomorrow` is not a date such as 2027-03-22
            line 4, rec: `monthly` is not an interval such as 1d, 2w, 1m, 1y or 1b (working days), with a + before it to count from the due date
            5: (A)
            line 6, rec: `2b` is not an interval such as 1d, 2w, 1m, 1y or 1b (working days), with a + before it to count from the due date
            line 7, recurrence: needs a due date to repeat from: set due_at
            line 8, pri: `high` is not a letter from A to Z
            line 9, due: `1969-12-31` is not a date such as 2027-03-22
            line 10, title: must not be empty
        "#]],
    );
}

/// Words with a colon are text, unless they are a key and make sense as one.
#[test]
fn other_words_with_a_colon_are_text() {
    check(
        "Note: the time:soon rule h:1 http://a.b/c due: time:25:00 tz:Berlin uid:\n",
        expect![[r#"
            1: Note: the time:soon rule h:1 http://a.b/c due: time:25:00 tz:Berlin uid:
        "#]],
    );
}

#[test]
fn a_repeating_task_without_a_due_date_is_due_when_it_comes_up() {
    check(
        "Prune the roses t:2099-03-01 rec:1y\n",
        expect![[r#"
        1: Prune the roses
           due 2099-03-01 23:59 Europe/Berlin
           every year after completion, no. 1, from 2099-03-01 23:59:00
           remind 2099-03-01 09:00
    "#]],
    );
}

#[test]
fn line_ends_and_marks_of_other_systems_are_no_text() {
    check(
        "\u{feff}Call Mom @phone\r\nCall Dad @phone",
        expect![[r#"
        1: Call Mom [phone]
        2: Call Dad [phone]
    "#]],
    );
}

fn check(file: &str, expected: Expect) {
    expected.assert_eq(&told(Format::TodoTxt, file));
}
