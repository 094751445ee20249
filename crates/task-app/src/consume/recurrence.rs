//! task.completed → the next instance of the series, exactly one for each completed occurrence.
//!
//! The event only says where to look; the rows decide. A copy of it, an old one, or one that
//! overtook another finds the succession taken or the task open, and changes nothing.

use chrono::{DateTime, Utc};
use task_contracts::envelope::EventData;
use task_contracts::events::TaskEvent;
use task_contracts::names::EventType;
use task_domain::{Task, TaskNumber, TaskRecord, UserId, Version, transition};
use task_store::change_set::{InboxKey, SuccessionChange, TaskRef, TaskVersion};
use task_store::query::Successor;
use task_store::{ChangeSet, CommitOutcome, Store, StoreError};

use super::Consumed;
use crate::event::{self, Happening, Row};
use crate::request::Trace;
use crate::unit_of_work::{Attempt, Work, settle};
use crate::{Platform, Request, convert};

const SOURCE: &str = "taskmaster/recurrence";
const CONSUMER: &str = "recurrence";

/// What this consumer needs of the event.
struct Completion {
    event_id: String,
    user: UserId,
    number: TaskNumber,
    completed_at: DateTime<Utc>,
}

pub async fn make_next_instance<P: Platform>(platform: &P, request: &Request) -> Consumed {
    let event = match super::event(request) {
        Ok(event) => event,
        Err(consumed) => return consumed,
    };
    if event.event_type() != EventType::TaskCompleted {
        return Consumed::Done;
    }
    let EventData::Task(data) = &event.data else {
        tracing::error!(event_id = event.id, "a task.completed event carries no task");
        return Consumed::Poison;
    };
    let Some(completion) = completion(data) else {
        tracing::error!(event_id = event.id, "a task.completed event has an unreadable member");
        return Consumed::Poison;
    };
    let trace = Trace {
        correlation_id: Some(data.correlation_id.clone()),
        traceparent: event.traceparent.clone(),
    };
    let work = Work::new(platform, completion.user, SOURCE, trace);
    match settle(async || attempt(&work, &completion).await).await {
        Ok(Some(())) => Consumed::Done,
        Ok(None) => Consumed::Retry,
        Err(error) => {
            tracing::warn!(event_id = completion.event_id, %error, "event left for a retry");
            Consumed::Retry
        }
    }
}

fn completion(data: &TaskEvent) -> Option<Completion> {
    let completed_at = data.task_data.completed_at.as_deref().unwrap_or(&data.timestamp);
    Some(Completion {
        event_id: data.event_id.clone(),
        user: UserId(data.user_id.parse().ok()?),
        number: TaskNumber(data.task_id),
        completed_at: convert::parse_instant("completed_at", completed_at).ok()?,
    })
}

async fn attempt<P: Platform>(
    work: &Work<'_, P>,
    completion: &Completion,
) -> Result<Attempt<()>, StoreError> {
    let read = work.platform.store().task_view(work.user.into(), completion.number, None).await?;
    let Some(view) = read else { return Ok(Attempt::Settled(())) };
    let mut change_set = work.change_set();
    change_set.inbox = Some(InboxKey { consumer: CONSUMER, event_id: completion.event_id.clone() });
    if let Some(record) = &view.task {
        // Whatever is decided holds only while the row stays as it was read.
        change_set.expect.push(TaskVersion { number: record.number, version: record.version });
        let next = next_instance(record, &view.successor, completion, work.at);
        if let (Some(next), Some(series)) = (next, record.task.series) {
            change_set.successions.push(SuccessionChange::Claim {
                series: series.id,
                ordinal: series.occurrence,
                insert: 0,
            });
            insert(work, next, &mut change_set);
        }
    }
    match work.commit(&change_set).await? {
        CommitOutcome::Conflict => Ok(Attempt::Conflict),
        // Already consumed, or the account is gone: there is nothing left to do.
        _ => Ok(Attempt::Settled(())),
    }
}

fn next_instance(
    record: &TaskRecord,
    successor: &Successor,
    completion: &Completion,
    now: DateTime<Utc>,
) -> Option<Task> {
    if !record.task.is_completed() || *successor != Successor::None {
        return None;
    }
    transition::successor(&record.task, completion.completed_at, now)
}

fn insert<P: Platform>(work: &Work<'_, P>, task: Task, change_set: &mut ChangeSet) {
    let row = Row { reference: TaskRef::Insert(0), version: Version::FIRST, task: &task };
    change_set.events.push(event::draft(work, &row, Happening::Created));
    change_set.inserts.push(task);
}
