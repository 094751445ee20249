//! A reminder falls due: its row becomes fired and the event is written, in one commit.
//!
//! The scheduler and the sweep may both come, and come again: one of them finds the row pending.

use chrono::{DateTime, Utc};
use task_contracts::envelope::CloudEvent;
use task_contracts::events::ReminderDue;
use task_contracts::names::{EventType, SCHEMA_VERSION};
use task_domain::{Reminder, TaskRecord, reminder};
use task_store::change_set::{EventDraft, TaskRef, TaskVersion, Topics};
use task_store::reminder::{ReminderKey, ReminderState, ReminderView};
use task_store::{CommitOutcome, Store, StoreError};

use super::{EARLY_WAIT_MAX, SOURCE, job};
use crate::request::Trace;
use crate::unit_of_work::{Attempt, Work, settle};
use crate::{Platform, convert};

/// What came of a call for a reminder.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fired {
    Now,
    /// It fired before, was moved, or its task is done with: there is nothing to do.
    Stale,
    /// Its instant is still to come, or its task kept changing under the decision.
    Early,
}

pub(super) async fn when_due<P: Platform>(
    platform: &P,
    key: ReminderKey,
) -> Result<Fired, StoreError> {
    let settled = settle(async || attempt(platform, key).await).await?;
    Ok(settled.unwrap_or(Fired::Early))
}

async fn attempt<P: Platform>(
    platform: &P,
    key: ReminderKey,
) -> Result<Attempt<Fired>, StoreError> {
    let Some(view) = pending(platform, key).await? else {
        return Ok(Attempt::Settled(Fired::Stale));
    };
    let early = (view.row.fire_at - platform.now()).to_std().unwrap_or_default();
    if early > EARLY_WAIT_MAX {
        return Ok(Attempt::Settled(Fired::Early));
    }
    if !early.is_zero() {
        // What changes meanwhile is a conflict, and looked at again.
        platform.sleep(early).await;
    }
    let work = Work::new(platform, key.user, SOURCE, Trace::default());
    if work.at < view.row.fire_at {
        return Ok(Attempt::Settled(Fired::Early));
    }
    let mut change_set = work.change_set();
    change_set.fires = Some(key);
    // The event shows the task as it is at this instant.
    change_set.expect.push(TaskVersion { number: key.task, version: view.task.version });
    change_set.events.push(due(&view, work.at));
    match work.commit(&change_set).await? {
        CommitOutcome::Committed(_) => Ok(Attempt::Settled(Fired::Now)),
        CommitOutcome::Conflict => Ok(Attempt::Conflict),
        _ => Ok(Attempt::Settled(Fired::Stale)),
    }
}

async fn pending<P: Platform>(
    platform: &P,
    key: ReminderKey,
) -> Result<Option<ReminderView>, StoreError> {
    let view = platform.store().reminder(key).await?;
    Ok(view.filter(|view| view.row.state == ReminderState::Pending))
}

fn due(view: &ReminderView, at: DateTime<Utc>) -> EventDraft {
    let job = job(&view.row.key);
    let id = job.event_id();
    let data = ReminderDue {
        event_type: EventType::ReminderDue.as_str().to_owned(),
        event_id: id.to_string(),
        schema_version: SCHEMA_VERSION.to_owned(),
        user_id: job.user_id.to_string(),
        task_id: job.task_id,
        timestamp: convert::instant(at),
        correlation_id: id.to_string(),
        reminder: convert::reminder(&set_for(&view.task, view.row.fire_at)),
        fire_at: convert::instant(view.row.fire_at),
        task_data: convert::record(&view.task),
    };
    EventDraft {
        id,
        task: TaskRef::Number(view.task.number),
        topics: Topics::REMINDERS,
        body: CloudEvent::reminder(SOURCE, data, None).to_json(),
    }
}

/// The reminder of the task that names this instant.
fn set_for(record: &TaskRecord, fire_at: DateTime<Utc>) -> Reminder {
    let rings_then = |it: &&Reminder| reminder::instant(it, record.task.due_at) == Some(fire_at);
    record.task.reminders.iter().find(rings_then).copied().unwrap_or(Reminder::At(fire_at))
}
