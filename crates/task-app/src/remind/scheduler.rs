//! Dapr's scheduler as the reminders use it: set a job, take it back. A sidecar without one is no
//! fault: the sweep then fires every reminder.

use std::time::Duration;

use dapr_protocol::jobs::{
    DeleteJob, DeleteOutcome, FailurePolicy, JobsApi, ScheduleJob, ScheduleOutcome,
};
use dapr_protocol::{DaprEndpoint, Refusal, RequestError};
use futures::future::join_all;
use task_contracts::reminder_job::ReminderJobData;
use task_store::reminder::{ReminderKey, ReminderRow, ReminderState};

use super::{CALLS_AT_ONCE, job};
use crate::limits::PUBLISH_TIMEOUT;
use crate::{Platform, Request, Response, Settings, convert};

/// Without an interval a failing job comes back in a hot loop, without a policy it is given up
/// after four calls.
const RETRIES: FailurePolicy =
    FailurePolicy::Constant { interval: Duration::from_secs(5), max_retries: None };

pub(super) struct Scheduler<'p, P> {
    platform: &'p P,
    dapr: DaprEndpoint,
}

/// What the sidecar said to one call.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Asked {
    Done,
    /// In no form that we know.
    NoJobsApi,
    Refused(Refusal),
}

impl Asked {
    /// Whether asking again would change nothing: where there are no jobs, the sweep does it all.
    fn is_settled(&self) -> bool {
        matches!(self, Asked::Done | Asked::NoJobsApi)
    }
}

/// What the scheduler acknowledged.
#[derive(Default)]
pub(super) struct Told {
    pub(super) armed: Vec<ReminderKey>,
    pub(super) disarmed: Vec<ReminderKey>,
}

impl Told {
    pub(super) fn is_empty(&self) -> bool {
        self.armed.is_empty() && self.disarmed.is_empty()
    }
}

impl<'p, P: Platform> Scheduler<'p, P> {
    pub(super) fn new(platform: &'p P, settings: &Settings) -> Option<Self> {
        DaprEndpoint::new(&settings.dapr_url, settings.dapr_api_token.as_deref())
            .inspect_err(|error| tracing::error!(%error, "the sidecar cannot be addressed"))
            .ok()
            .map(|dapr| Scheduler { platform, dapr })
    }

    /// Gives up at the first rows of which none is acknowledged: each call may last its whole
    /// timeout, and the next would fare no better.
    pub(super) async fn tell(&self, rows: &[ReminderRow]) -> Told {
        let mut told = Told::default();
        for some in rows.chunks(CALLS_AT_ONCE) {
            let answers = join_all(some.iter().map(|row| self.tell_one(row))).await;
            if !answers.contains(&true) {
                break;
            }
            for (row, _) in some.iter().zip(answers).filter(|(_, acknowledged)| *acknowledged) {
                match row.state {
                    ReminderState::Pending => told.armed.push(row.key),
                    _ => told.disarmed.push(row.key),
                }
            }
        }
        told
    }

    /// One that cannot be taken back rings in vain.
    pub(super) async fn take_back(&self, keys: &[ReminderKey]) {
        for some in keys.chunks(CALLS_AT_ONCE) {
            join_all(some.iter().map(|key| self.disarm(key))).await;
        }
    }

    async fn tell_one(&self, row: &ReminderRow) -> bool {
        match row.state {
            ReminderState::Pending => self.arm(row).await,
            ReminderState::Cancelled => self.disarm(&row.key).await,
            ReminderState::Fired | ReminderState::Skipped => false,
        }
    }

    /// A job of this name is this reminder's: setting it twice is setting it once.
    async fn arm(&self, row: &ReminderRow) -> bool {
        let name = job(&row.key).to_string();
        let schedule = ScheduleJob {
            name: name.clone(),
            due_time: Some(convert::instant(row.fire_at)),
            data: serde_json::to_value(ReminderJobData { name }).ok(),
            failure_policy: Some(RETRIES),
            ..ScheduleJob::default()
        };
        let outcome = self.ask(
            |dapr, api| schedule.to_http(dapr, api),
            |answer| match ScheduleOutcome::read(answer) {
                ScheduleOutcome::Scheduled | ScheduleOutcome::Exists => Asked::Done,
                ScheduleOutcome::NoJobsApi => Asked::NoJobsApi,
                ScheduleOutcome::Refused(refusal) => Asked::Refused(refusal),
            },
        );
        outcome.await.is_some_and(|asked| asked.is_settled())
    }

    async fn disarm(&self, key: &ReminderKey) -> bool {
        let delete = DeleteJob { name: job(key).to_string() };
        let outcome = self.ask(
            |dapr, api| delete.to_http(dapr, api),
            |answer| match DeleteOutcome::read(answer) {
                DeleteOutcome::Deleted => Asked::Done,
                DeleteOutcome::NoJobsApi => Asked::NoJobsApi,
                DeleteOutcome::Refused(refusal) => Asked::Refused(refusal),
            },
        );
        outcome.await.is_some_and(|asked| asked.is_settled())
    }

    /// Asks in the newest form of the API that the sidecar knows; `None` when it did not answer.
    async fn ask(
        &self,
        request: impl Fn(&DaprEndpoint, JobsApi) -> Result<Request, RequestError>,
        read: impl Fn(&Response) -> Asked,
    ) -> Option<Asked> {
        let mut api = JobsApi::default();
        loop {
            let request = request(&self.dapr, api)
                .inspect_err(|error| tracing::error!(%error, "a job cannot be asked for"));
            let answer = self.platform.send(request.ok()?, PUBLISH_TIMEOUT).await;
            let answer =
                answer.inspect_err(|error| tracing::warn!(%error, "the scheduler was not reached"));
            let asked = read(&answer.ok()?);
            match (&asked, api.older()) {
                (Asked::NoJobsApi, Some(older)) => api = older,
                (Asked::Refused(refusal), _) => {
                    let reason = &refusal.message;
                    tracing::warn!(reason, "a reminder is left to the sweep");
                    return Some(asked);
                }
                _ => return Some(asked),
            }
        }
    }
}
