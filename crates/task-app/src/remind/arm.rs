//! task.created, task.updated, task.deleted → the scheduler knows the task's reminders.
//!
//! The event only says where to look. Telling the scheduler twice is harmless, so there is no inbox
//! key; and what it cannot be told now, the sweep tells it later.

use task_contracts::envelope::EventData;
use task_domain::{TaskNumber, UserId};
use task_store::reminder::{ReminderRow, ReminderState};
use task_store::{Store, StoreError};

use super::scheduler::Scheduler;
use crate::consume::{self, Consumed};
use crate::{Platform, Request, Settings};

pub(super) async fn follow_task<P: Platform>(
    platform: &P,
    settings: &Settings,
    request: &Request,
) -> Consumed {
    let event = match consume::event(request) {
        Ok(event) => event,
        Err(consumed) => return consumed,
    };
    let EventData::Task(data) = &event.data else {
        tracing::error!(event_id = event.id, "the event is no change of a task");
        return Consumed::Poison;
    };
    let Ok(user) = data.user_id.parse().map(UserId) else {
        tracing::error!(event_id = event.id, "the event names no user");
        return Consumed::Poison;
    };
    match tell_of_task(platform, settings, user, TaskNumber(data.task_id)).await {
        Ok(()) => Consumed::Done,
        Err(error) => {
            tracing::warn!(event_id = event.id, %error, "event left for a retry");
            Consumed::Retry
        }
    }
}

async fn tell_of_task<P: Platform>(
    platform: &P,
    settings: &Settings,
    user: UserId,
    number: TaskNumber,
) -> Result<(), StoreError> {
    let rows = platform.store().reminders_of_task(user, number).await?;
    let is_untold =
        |row: &ReminderRow| row.state == ReminderState::Cancelled || row.armed_at.is_none();
    let untold: Vec<ReminderRow> = rows.into_iter().filter(is_untold).collect();
    tell(platform, settings, &untold).await
}

/// Tells the scheduler, and notes what it acknowledged. What ended while it heard of it is taken
/// back: it may have heard of the end before.
pub(super) async fn tell<P: Platform>(
    platform: &P,
    settings: &Settings,
    rows: &[ReminderRow],
) -> Result<(), StoreError> {
    if rows.is_empty() {
        return Ok(());
    }
    let Some(scheduler) = Scheduler::new(platform, settings) else { return Ok(()) };
    let told = scheduler.tell(rows).await;
    if told.is_empty() {
        return Ok(());
    }
    let now = platform.now();
    let ended = platform.store().reminders_told(now, &told.armed, &told.disarmed).await?;
    scheduler.take_back(&ended).await;
    Ok(())
}
