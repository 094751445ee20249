//! Calls on one task: each is a read, a decision of the domain, and one change set.

mod create;
mod decide;
mod input;

pub(crate) use create::create;
pub(crate) use input::{Completion, Snooze, TaskInput};

use chrono::Duration;
use http::StatusCode;
use task_domain::{Patch, TaskNumber, transition};
use task_store::{Caller, Store};

use super::answer::TaskAnswer;
use super::{Call, gone};
use crate::{Platform, Problem, Response, convert, request};
use decide::{Step, decide};
use input::SNOOZE_DEFAULT_MINUTES;

/// Two instances would stand at one occurrence, and the completion of one would end the other's.
const NEXT_WAS_MADE: &str =
    "the next instance was made when the task was completed before, and does not go away";

pub(crate) async fn read<P: Platform>(
    call: &Call<'_, P>,
    caller: Caller,
    id: u32,
) -> Result<Response, Problem> {
    let view = call.platform.store().task_view(caller, TaskNumber(id), None).await?;
    let record = view.ok_or_else(gone)?.task.ok_or_else(|| unknown(id))?;
    let task = convert::record(&record);
    Ok(TaskAnswer { status: StatusCode::OK, task: Some(task) }.into_response())
}

/// PUT: what the body leaves out goes back to its default.
pub(crate) async fn replace<P: Platform>(
    call: &Call<'_, P>,
    caller: Caller,
    id: u32,
) -> Result<Response, Problem> {
    let input: TaskInput = request::json(call.request)?;
    let patch = input.patch()?;
    decide(call, caller, id, |view, work| {
        let completed = patch.completed.unwrap_or_default();
        let draft = input::draft(patch.clone(), view.timezone)?;
        let patch = Patch::replacing(draft, completed);
        let series = convert::new_series(work.platform);
        Ok(Step::from(transition::update(&view.record.task, &patch, work.at, series)?))
    })
    .await
}

/// PATCH: only what the body names changes.
pub(crate) async fn change<P: Platform>(
    call: &Call<'_, P>,
    caller: Caller,
    id: u32,
) -> Result<Response, Problem> {
    let input: TaskInput = request::json(call.request)?;
    let patch = input.patch()?;
    decide(call, caller, id, |view, work| {
        let series = convert::new_series(work.platform);
        Ok(Step::from(transition::update(&view.record.task, &patch, work.at, series)?))
    })
    .await
}

pub(crate) async fn delete<P: Platform>(
    call: &Call<'_, P>,
    caller: Caller,
    id: u32,
) -> Result<Response, Problem> {
    decide(call, caller, id, |_, _| Ok(Step::Delete)).await
}

/// `PATCH …/complete`: sets what the body says; without a body it toggles.
pub(crate) async fn set_completed<P: Platform>(
    call: &Call<'_, P>,
    caller: Caller,
    id: u32,
) -> Result<Response, Problem> {
    let wanted = if call.request.body().is_empty() {
        None
    } else {
        let body: Completion = request::json(call.request)?;
        Some(body.completed)
    };
    decide(call, caller, id, |view, work| {
        let task = &view.record.task;
        let outcome = if wanted.unwrap_or(!task.is_completed()) {
            transition::complete(task, work.at)
        } else {
            transition::reopen(task, work.at)
        };
        Ok(Step::from(outcome))
    })
    .await
}

pub(crate) async fn complete<P: Platform>(
    call: &Call<'_, P>,
    caller: Caller,
    id: u32,
) -> Result<Response, Problem> {
    decide(call, caller, id, |view, work| {
        Ok(Step::from(transition::complete(&view.record.task, work.at)))
    })
    .await
}

pub(crate) async fn reopen<P: Platform>(
    call: &Call<'_, P>,
    caller: Caller,
    id: u32,
) -> Result<Response, Problem> {
    decide(call, caller, id, |view, work| {
        Ok(Step::from(transition::reopen(&view.record.task, work.at)))
    })
    .await
}

pub(crate) async fn skip<P: Platform>(
    call: &Call<'_, P>,
    caller: Caller,
    id: u32,
) -> Result<Response, Problem> {
    decide(call, caller, id, |view, work| {
        if view.has_next_instance() {
            return Err(Problem::conflict(NEXT_WAS_MADE));
        }
        let updated = transition::skip(&view.record.task, work.at)
            .map_err(|error| Problem::conflict(error.to_string()))?;
        Ok(Step::from(updated))
    })
    .await
}

pub(crate) async fn snooze<P: Platform>(
    call: &Call<'_, P>,
    caller: Caller,
    id: u32,
) -> Result<Response, Problem> {
    let body: Snooze = if call.request.body().is_empty() {
        Snooze::default()
    } else {
        request::json(call.request)?
    };
    decide(call, caller, id, |view, work| {
        let until = match (&body.until, body.minutes) {
            (Some(until), _) => convert::parse_instant("until", until)?,
            (None, minutes) => {
                let minutes = minutes.unwrap_or(SNOOZE_DEFAULT_MINUTES);
                work.at + Duration::minutes(i64::from(minutes))
            }
        };
        Ok(Step::from(transition::snooze(&view.record.task, until, work.at)?))
    })
    .await
}

pub(crate) fn unknown(id: u32) -> Problem {
    Problem::not_found(format!("you have no task {id}"))
}
