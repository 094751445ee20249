//! One deed: which task it falls on, the request, and whether the answer is the one that it has to
//! have.

use rand::RngExt;
use rand::rngs::StdRng;
use serde_json::Value;
use test_support::Call;
use test_support::invariants::Invariant;

use super::book::Known;
use super::deed::Deed;
use super::insist::{Insisted, insist};
use super::person::Person;
use super::task_text;
use crate::findings::TaskKey;
use crate::journal::{Entry, Told};
use crate::run::Run;
use crate::tally::Count;

const OK: u16 = 200;
const CREATED: u16 = 201;
const NO_CONTENT: u16 = 204;
const NOT_FOUND: u16 = 404;
const CONFLICT: u16 = 409;

/// Without a task that it could be done to, somebody makes one.
pub(super) fn perform(run: &Run, person: &Person, deed: Deed, dice: &mut StdRng) {
    let key = format!("{:032x}", dice.random::<u128>());
    match take(person, deed, dice) {
        Some(known) => change(run, person, deed, known, &key, dice),
        None => create(run, person, &key, dice),
    }
}

fn take(person: &Person, deed: Deed, dice: &mut StdRng) -> Option<Known> {
    let mut book = person.book();
    match deed {
        Deed::Create => None,
        Deed::Complete | Deed::Update => book.take_open(dice),
        Deed::Skip => book.take_recurring(dice),
        Deed::Reopen => book.take_completed(dice),
        Deed::Delete if dice.random_bool(0.5) => book.take_completed(dice),
        Deed::Delete => book.take_open(dice),
    }
}

fn create(run: &Run, person: &Person, key: &str, dice: &mut StdRng) {
    let title = format!("{}{key}", person.mark);
    let body = task_text::new_task(dice, &title, run);
    let left_alone_until = task_text::rest(dice, &body);
    let call = Call::post("/api/me/tasks", body).once(key);
    let Some(Insisted { answer, attempts }) = insist(run, &person.client, &call, dice) else {
        return unanswered(run, person, None, Deed::Create, key);
    };
    if answer.status != CREATED {
        let what = format!("creating {title:?} was answered with {}", answer.status);
        return run.findings.of_all(Invariant::EachChangeHasItsEvent, what + ": " + &answer.text());
    }
    let known = Known { left_alone_until, ..Known::of(answer.json()) };
    let task = TaskKey::new(&person.user_id, known.number);
    if known.version() != 1 || known.task["title"] != title {
        let what = format!("creating {title:?} was answered with {}", known.task);
        run.findings.of_task(Invariant::EachChangeHasItsEvent, task.clone(), what);
    }
    note(run, task, Deed::Create, key, attempts, Told::Changed(known.task.clone()));
    person.book().meet(known);
}

fn change(run: &Run, person: &Person, deed: Deed, known: Known, key: &str, dice: &mut StdRng) {
    let mut call = request(run, person, deed, &known, key, dice).once(key);
    // Half of the people say which version they saw. A repetition has to get the first answer,
    // although the version has moved on by then.
    if dice.random_bool(0.5) {
        call = call.header("if-match", &format!("\"{}\"", known.version()));
    }
    let task = TaskKey::new(&person.user_id, known.number);
    let Some(Insisted { answer, attempts }) = insist(run, &person.client, &call, dice) else {
        return unanswered(run, person, Some(task), deed, key);
    };
    match answer.status {
        OK => {
            let changed = Known::of(answer.json());
            if !is_foretold(person, deed, &known, &changed) {
                let what = format!(
                    "{} with key {key} on version {} was answered with {}",
                    deed.word(),
                    known.version(),
                    changed.task
                );
                run.findings.of_task(Invariant::EachChangeHasItsEvent, task.clone(), what);
            }
            note(run, task, deed, key, attempts, Told::Changed(changed.task.clone()));
            person.book().put_back(changed);
        }
        NO_CONTENT if deed == Deed::Delete => {
            person.book().forget(known.number);
            note(run, task, deed, key, attempts, Told::Deleted);
        }
        // Reopening its predecessor takes an untouched next instance back.
        NOT_FOUND if known.is_next_instance() => {
            person.book().forget(known.number);
            note(run, task, deed, key, attempts, Told::Gone);
        }
        // The series ends here, or the next one is there already.
        CONFLICT if deed == Deed::Skip => {
            note(run, task, deed, key, attempts, Told::Refused);
            person.book().put_back(known);
        }
        status => {
            let what = format!("{} with key {key} was answered with {status}: ", deed.word());
            run.findings.of_task(Invariant::EachChangeHasItsEvent, task, what + &answer.text());
        }
    }
}

fn request(
    run: &Run,
    person: &Person,
    deed: Deed,
    known: &Known,
    key: &str,
    dice: &mut StdRng,
) -> Call {
    let path = format!("/api/me/tasks/{}", known.number);
    match deed {
        Deed::Create | Deed::Update => {
            let title = format!("{}{key}", person.mark);
            Call::new("PATCH", &path).json(task_text::change(dice, &title, run))
        }
        Deed::Delete => Call::new("DELETE", &path),
        Deed::Complete | Deed::Skip | Deed::Reopen => {
            Call::new("POST", &format!("{path}/{}", deed.word()))
        }
    }
}

/// Nobody else changes a task that is out, so its next state is known but for a few members.
fn is_foretold(person: &Person, deed: Deed, before: &Known, after: &Known) -> bool {
    let completed = match deed {
        Deed::Complete => Value::Bool(true),
        Deed::Reopen => Value::Bool(false),
        Deed::Create | Deed::Update | Deed::Skip | Deed::Delete => before.task["completed"].clone(),
    };
    let title = after.task["title"].as_str().unwrap_or_default();
    after.number == before.number
        && after.version() == before.version() + 1
        && after.task["completed"] == completed
        && title.starts_with(&person.mark)
        && (deed == Deed::Update) == (after.task["title"] != before.task["title"])
}

fn note(run: &Run, task: TaskKey, deed: Deed, key: &str, attempts: u32, told: Told) {
    if matches!(told, Told::Changed(_) | Told::Deleted) {
        run.tally.add(Count::Writes);
        if deed == Deed::Complete {
            run.tally.add(Count::Completions);
        }
    }
    let at = run.elapsed();
    run.journal.write(task, Entry { at, deed, key: key.to_owned(), attempts, told });
}

fn unanswered(run: &Run, person: &Person, task: Option<TaskKey>, deed: Deed, key: &str) {
    let word = deed.word();
    let what = format!("{word} with key {key} of {:?} was never answered", person.mark.trim());
    match task {
        Some(task) => run.findings.of_task(Invariant::EverythingDrains, task, what),
        None => run.findings.of_all(Invariant::EverythingDrains, what),
    }
}
