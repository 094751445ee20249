//! `POST …/tasks`: a task that was not there before.

use http::StatusCode;
use task_domain::{TaskNumber, Version, transition};
use task_store::change_set::TaskRef;
use task_store::{Caller, CommitOutcome, Store};

use super::input::{self, TaskInput};
use crate::api::answer::TaskAnswer;
use crate::api::{Call, SOURCE, gone};
use crate::event::{self, Happening, Row};
use crate::limits::WRITE_RATE;
use crate::request::{self, Trace};
use crate::unit_of_work::Work;
use crate::{Platform, Problem, Response, convert};

pub(crate) async fn create<P: Platform>(
    call: &Call<'_, P>,
    caller: Caller,
) -> Result<Response, Problem> {
    let input: TaskInput = request::json(call.request)?;
    let key = request::idempotency_key(call.request)?;
    let patch = input.patch()?;
    let timezone = match patch.timezone {
        Some(timezone) => timezone,
        None => call.platform.store().account(caller).await?.ok_or_else(gone)?.timezone,
    };
    let work = Work::new(call.platform, caller, SOURCE, Trace::of(call.request));
    let completed = patch.completed.unwrap_or_default();
    let draft = input::draft(patch, timezone)?;
    let mut task = transition::create(draft, work.at, convert::new_series(work.platform))?;
    // Something noted after the fact: it begins completed, and no instance follows from it.
    task.completed_at = completed.then_some(work.at);

    let answer = TaskAnswer {
        status: StatusCode::CREATED,
        task: Some(convert::task(TaskNumber(0), Version::FIRST, &task)),
    };
    let mut change_set = work.change_set();
    let row = Row { reference: TaskRef::Insert(0), version: Version::FIRST, task: &task };
    change_set.events.push(event::draft(&work, &row, Happening::Created));
    change_set.inserts.push(task);
    change_set.idempotency = key.clone().map(|key| answer.record(key));
    change_set.rate = Some(WRITE_RATE);
    match work.commit(&change_set).await? {
        CommitOutcome::Committed(committed) => {
            Ok(answer.with_number(committed.numbers.first().copied()).into_response())
        }
        outcome => super::decide::refused(outcome, key.as_ref()),
    }
}
