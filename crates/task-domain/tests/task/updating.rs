//! Patches, field by field.

use chrono::Duration;
use task_domain::diff::Field;
use task_domain::transition::{self, Outcome, Updated};
use task_domain::{Description, Draft, Patch, Priority, Reminder, Task};

use crate::support::*;

fn update(task: &Task, patch: &Patch) -> Outcome {
    transition::update(task, patch, now(), OTHER_SERIES).expect("a valid patch")
}

/// The patch changes these fields and nothing else; a second time it changes nothing.
#[track_caller]
fn check(task: &Task, patch: Patch, fields: &[Field]) {
    let Updated { task, changed } = updated(update(task, &patch));
    assert_eq!(changed, fields);
    assert_eq!((task.created_at, task.updated_at), (created_at(), now()));
    assert_eq!(update(&task, &patch), Outcome::Unchanged);
}

#[test]
fn an_empty_patch_changes_nothing() {
    let task = recurring("2027-01-31 09:00", "FREQ=MONTHLY");
    assert_eq!(update(&task, &Patch::default()), Outcome::Unchanged);
}

#[test]
fn each_field_changes_alone_and_once() {
    let task = create(due_draft("2027-01-31 09:00"));
    let description = Description::parse("with care").expect("a description");
    let before = Reminder::Before(Duration::hours(2));
    let patch = Patch::default;
    check(&task, Patch { title: Some(title("Water")), ..patch() }, &[Field::Title]);
    check(&task, Patch { description: Some(description), ..patch() }, &[Field::Description]);
    check(&task, Patch { completed: Some(true), ..patch() }, &[Field::Completed]);
    check(&task, Patch { priority: Some(Priority::Urgent), ..patch() }, &[Field::Priority]);
    check(&task, Patch { tags: Some(tags(&["home"])), ..patch() }, &[Field::Tags]);
    check(&task, Patch { due_at: Some(None), ..patch() }, &[Field::DueAt]);
    check(&task, Patch { timezone: Some(chrono_tz::UTC), ..patch() }, &[Field::Timezone]);
    check(&task, Patch { reminders: Some(vec![before]), ..patch() }, &[Field::Reminders]);
    let subtasks = Some(vec![subtask("fetch water", false)]);
    check(&task, Patch { subtasks, ..patch() }, &[Field::Subtasks]);
    let recurrence = Some(Some(input("FREQ=DAILY")));
    check(&task, Patch { recurrence, ..patch() }, &[Field::Recurrence, Field::Occurrence]);
}

#[test]
fn fields_are_named_as_on_the_wire() {
    let names = [
        Field::Title,
        Field::Description,
        Field::Completed,
        Field::Priority,
        Field::Tags,
        Field::DueAt,
        Field::Timezone,
        Field::Recurrence,
        Field::Reminders,
        Field::Subtasks,
        Field::Occurrence,
    ]
    .map(Field::name);
    let wire = "title description completed priority tags due_at timezone recurrence reminders \
                subtasks occurrence";
    assert_eq!(names.join(" "), wire);
}

#[test]
fn replacing_puts_back_the_defaults_of_what_is_left_out() {
    let full = Draft {
        description: Description::parse("with care").expect("a description"),
        priority: Priority::High,
        tags: tags(&["home"]),
        subtasks: vec![subtask("fetch water", true)],
        ..recurring_draft("2027-01-31 09:00", "FREQ=DAILY")
    };
    let task = create(full.clone());
    let same = Patch::replacing(full, false);
    assert_eq!(update(&task, &same), Outcome::Unchanged);

    let replaced = patched(&task, Patch::replacing(draft(), false));
    let fresh = create(draft());
    let expected = Task { series: task.series, updated_at: now(), ..fresh };
    assert_eq!(replaced, expected);
}

#[test]
fn replacing_gives_the_usual_reminder_to_a_due_date() {
    let task = create(draft());
    let replaced = patched(&task, Patch::replacing(due_draft("2027-01-31 09:00"), true));
    assert_eq!(replaced.reminders, [Reminder::Before(Duration::minutes(15))]);
    assert_eq!(replaced.completed_at, Some(now()));
}

#[test]
fn the_first_due_date_brings_the_usual_reminder() {
    let due_at = Some(Some(berlin("2027-01-31 09:00")));
    let first = patched(&create(draft()), Patch { due_at, ..Patch::default() });
    assert_eq!(first.reminders, [Reminder::Before(Duration::minutes(15))]);

    let silent = Draft { reminders: Some(vec![]), ..due_draft("2027-01-30 09:00") };
    let moved = patched(&create(silent), Patch { due_at, ..Patch::default() });
    assert_eq!(moved.reminders, []);
}

#[test]
fn a_completed_task_can_be_changed_and_stays_completed() {
    let done = updated(transition::complete(&create(draft()), created_at())).task;
    for completed in [None, Some(true)] {
        let patch = Patch { title: Some(title("Watered")), completed, ..Patch::default() };
        assert_eq!(patched(&done, patch).completed_at, Some(created_at()));
    }
}

#[test]
fn a_patch_that_completes_is_a_completion() {
    let task = create(draft());
    let patch = Patch { completed: Some(true), ..Patch::default() };
    assert_eq!(update(&task, &patch), transition::complete(&task, now()));
    let done = patched(&task, patch);
    let patch = Patch { completed: Some(false), ..Patch::default() };
    assert_eq!(update(&done, &patch), transition::reopen(&done, now()));
}

#[test]
fn faults_of_several_fields_are_told_together() {
    let task = recurring("2027-01-31 09:00", "FREQ=DAILY");
    let patch = Patch {
        due_at: Some(None),
        subtasks: Some(vec![subtask("step", false); 101]),
        ..Patch::default()
    };
    let error = transition::update(&task, &patch, now(), OTHER_SERIES).expect_err("refused");
    let told = [
        "recurrence: needs a due date to repeat from: set due_at",
        "subtasks: may hold 100 entries, not 101",
    ];
    assert_eq!(faults(error), told);
}
