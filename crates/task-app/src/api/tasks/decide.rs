//! The shape of every write on an existing task: read, decide, commit; again on a conflict.

use http::StatusCode;
use task_domain::transition::{self, Outcome, Updated};
use task_domain::{TaskNumber, TaskRecord};
use task_store::change_set::{IdempotencyKey, SuccessionChange, TaskRef, TaskUpdate, TaskVersion};
use task_store::query::{Successor, TaskView};
use task_store::{Caller, ChangeSet, CommitOutcome, Store};

use crate::api::answer::TaskAnswer;
use crate::api::{Call, SOURCE, gone};
use crate::event::{self, Happening, Row};
use crate::limits::{CONFLICT_RETRIES_MAX, WRITE_RATE};
use crate::request::{self, IfMatch, Trace};
use crate::unit_of_work::{Attempt, Work, settle};
use crate::{Platform, Problem, Response, convert};

/// What a decision sees: the task is there, and its ETag is what the caller asked for.
pub(super) struct View {
    pub(super) record: TaskRecord,
    pub(super) timezone: chrono_tz::Tz,
    successor: Successor,
}

impl View {
    /// Whether a completion that was taken back has left the next instance behind.
    pub(super) fn has_next_instance(&self) -> bool {
        self.successor != Successor::None
    }
}

/// What a decision makes of the task.
pub(super) enum Step {
    Unchanged,
    Update(Box<Updated>),
    Delete,
}

impl From<Outcome> for Step {
    fn from(outcome: Outcome) -> Self {
        match outcome {
            Outcome::Unchanged => Step::Unchanged,
            Outcome::Updated(updated) => Step::Update(Box::new(updated)),
        }
    }
}

pub(super) async fn decide<P: Platform>(
    call: &Call<'_, P>,
    caller: Caller,
    id: u32,
    step: impl Fn(&View, &Work<'_, P>) -> Result<Step, Problem>,
) -> Result<Response, Problem> {
    let if_match = IfMatch::of(call.request)?;
    let mut work = Work::new(call.platform, caller, SOURCE, Trace::of(call.request));
    work.key = request::idempotency_key(call.request)?;
    let settled = settle(async || {
        let read = call.platform.store().task_view(caller, TaskNumber(id), work.key.as_ref());
        let read = read.await?.ok_or_else(gone)?;
        if let (Some(answer), Some(key)) = (read.answer.clone(), &work.key) {
            return Ok(Attempt::Settled(TaskAnswer::replay(answer, key)?.into_response()));
        }
        let view = view(read, id)?;
        if_match.check(view.record.version)?;
        let step = step(&view, &work)?;
        commit(&work, &view, step).await
    })
    .await?;
    settled.ok_or_else(|| {
        Problem::conflict(format!(
            "others changed the task {} times meanwhile; try again",
            CONFLICT_RETRIES_MAX + 1
        ))
    })
}

fn view(read: TaskView, id: u32) -> Result<View, Problem> {
    let record = read.task.ok_or_else(|| super::unknown(id))?;
    Ok(View { record, timezone: read.timezone, successor: read.successor })
}

async fn commit<P: Platform>(
    work: &Work<'_, P>,
    view: &View,
    step: Step,
) -> Result<Attempt<Response>, Problem> {
    let mut change_set = work.change_set();
    change_set.rate = Some(WRITE_RATE);
    let answer = match step {
        Step::Unchanged => {
            let task = Some(convert::record(&view.record));
            let answer = TaskAnswer { status: StatusCode::OK, task };
            return Ok(Attempt::Settled(answer.into_response()));
        }
        Step::Update(updated) => update(work, view, *updated, &mut change_set),
        Step::Delete => {
            delete(work, &view.record, &mut change_set);
            TaskAnswer::deleted()
        }
    };
    change_set.idempotency = work.key.clone().map(|key| answer.record(key));
    match work.commit(&change_set).await? {
        CommitOutcome::Committed(_) => Ok(Attempt::Settled(answer.into_response())),
        CommitOutcome::Conflict => Ok(Attempt::Conflict),
        outcome => refused(outcome, work.key.as_ref()).map(Attempt::Settled),
    }
}

fn update<P: Platform>(
    work: &Work<'_, P>,
    view: &View,
    updated: Updated,
    change_set: &mut ChangeSet,
) -> TaskAnswer {
    let record = &view.record;
    let version = record.version.next();
    let row = Row { reference: TaskRef::Number(record.number), version, task: &updated.task };
    let happening = Happening::Changed { before: &record.task, changed: &updated.changed };
    change_set.events.push(event::draft(work, &row, happening));
    if record.task.is_completed() && !updated.task.is_completed() {
        withdraw_successor(work, view, change_set);
    }
    let task = convert::task(record.number, version, &updated.task);
    change_set.updates.push(TaskUpdate {
        number: record.number,
        expected: record.version,
        task: updated.task,
    });
    TaskAnswer { status: StatusCode::OK, task: Some(task) }
}

/// Undoing a completion takes back the next instance, unless somebody has touched it: then it
/// stays, and so does the succession, so that completing again makes no second one.
fn withdraw_successor<P: Platform>(work: &Work<'_, P>, view: &View, change_set: &mut ChangeSet) {
    let (Successor::Live(successor), Some(series)) = (&view.successor, view.record.task.series)
    else {
        return;
    };
    if transition::withdrawable(successor) {
        delete(work, successor, change_set);
        change_set
            .successions
            .push(SuccessionChange::Withdraw { series: series.id, ordinal: series.occurrence });
    }
}

fn delete<P: Platform>(work: &Work<'_, P>, record: &TaskRecord, change_set: &mut ChangeSet) {
    let reference = TaskRef::Number(record.number);
    let row = Row { reference, version: record.version, task: &record.task };
    change_set.events.push(event::draft(work, &row, Happening::Deleted));
    change_set.deletes.push(TaskVersion { number: record.number, version: record.version });
}

/// The outcomes that end a write without an effect of its own.
pub(super) fn refused(
    outcome: CommitOutcome,
    key: Option<&IdempotencyKey>,
) -> Result<Response, Problem> {
    match (outcome, key) {
        (CommitOutcome::AlreadyAnswered(stored), Some(key)) => {
            Ok(TaskAnswer::replay(stored, key)?.into_response())
        }
        (CommitOutcome::RateLimited { retry_after_ms }, _) => {
            Err(Problem::too_many_requests(retry_after_ms))
        }
        (CommitOutcome::Gone, _) => Err(gone()),
        (outcome, _) => {
            tracing::error!(?outcome, "a write ended in an outcome that it cannot have");
            Err(Problem::unavailable())
        }
    }
}
