//! Reminders: the rows are the truth, a Dapr job is the alarm.
//!
//! A change of a task has already written its reminders. Here the scheduler is told of them, what
//! falls due becomes an event, and a sweep does both for whatever the scheduler lost.

mod arm;
mod fire;
mod scheduler;
mod sweep;

use std::time::Duration;

use http::StatusCode;
use task_contracts::names::route;
use task_contracts::reminder_job::{ReminderJob, ReminderJobData};
use task_domain::{TaskNumber, UserId, Version};
use task_store::reminder::ReminderKey;

use crate::{Platform, Problem, Request, Response, Settings, api, consume, request};
use fire::Fired;

/// The component, as in the `source` of its events.
const SOURCE: &str = "taskmaster/reminder";

/// Calls of the scheduler at the same time: it answers in milliseconds, and a task has few.
const CALLS_AT_ONCE: usize = 16;

/// Clocks of one cluster differ by less. A call that comes earlier than this is sent away, to come
/// again by the job's own retries.
const EARLY_WAIT_MAX: Duration = Duration::from_secs(2);

/// Answers whatever Dapr brings to the component.
pub async fn handle<P: Platform>(platform: &P, settings: &Settings, request: &Request) -> Response {
    let path = request.uri().path().trim_end_matches('/');
    if path == route::REMINDER {
        let follow = async |event: &Request| arm::follow_task(platform, settings, event).await;
        return consume::answer(request, settings, follow).await;
    }
    consume::called(request, settings, async || match path {
        route::CRON_REMINDERS => consume::acknowledged(sweep::sweep(platform, settings).await),
        route::JOBS_TRIGGER => match request::json::<ReminderJobData>(request) {
            Ok(data) => called(platform, &data.name).await,
            Err(problem) => problem.into_response(),
        },
        path => match path.strip_prefix(route::JOB) {
            Some(name) => called(platform, name).await,
            None => Problem::not_found("nothing is here").into_response(),
        },
    })
    .await
}

/// Whatever is answered with 2xx ends the job; anything else but 404 brings it back in seconds.
async fn called<P: Platform>(platform: &P, name: &str) -> Response {
    let Ok(job) = name.parse::<ReminderJob>() else {
        tracing::error!(name, "a job that no reminder has; delete it from the scheduler");
        return Problem::unavailable().into_response();
    };
    match fire::when_due(platform, key(&job)).await {
        Ok(Fired::Now | Fired::Stale) => api::empty(StatusCode::OK),
        Ok(Fired::Early) => Problem::unavailable().into_response(),
        Err(error) => {
            tracing::warn!(name, %error, "a reminder is left for the job's next call");
            Problem::unavailable().into_response()
        }
    }
}

fn key(job: &ReminderJob) -> ReminderKey {
    ReminderKey {
        user: UserId(job.user_id),
        task: TaskNumber(job.task_id),
        n: job.n,
        version: Version(job.version),
    }
}

fn job(key: &ReminderKey) -> ReminderJob {
    ReminderJob { user_id: key.user.0, task_id: key.task.0, n: key.n, version: key.version.0 }
}
