//! A job as a value: whether it is one at all, when it is due, and what an answer makes of it.
//!
//! Pure: time is an argument.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use dapr_protocol::jobs::{FailurePolicy, JobAnswer, JobDocument, ScheduleJob};

use super::moment;
use super::schedule::{Schedule, ScheduleError};
use crate::job_store::{JobProgress, NewJob};

/// What a job gets that states no failure policy: four calls within three seconds.
const DEFAULT_POLICY: FailurePolicy =
    FailurePolicy::Constant { interval: Duration::from_secs(1), max_retries: Some(3) };
/// Dapr bounds names too, somewhere below six hundred characters.
const NAME_CHARS: usize = 512;

/// A job that is still to fire.
#[derive(Clone, Debug)]
pub(super) struct Job {
    pub(super) stated: ScheduleJob,
    /// `None` for a job that fires once.
    schedule: Option<Schedule>,
    expires_at: Option<DateTime<Utc>>,
    tick: Tick,
}

/// The tick a job waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Tick {
    at: DateTime<Utc>,
    /// Ticks before it.
    ordinal: u32,
    /// Calls of it that failed.
    failures: u32,
}

/// What comes of a statement.
#[derive(Debug)]
pub(super) enum Planned {
    Keep(Box<Job>),
    /// It is in order, but its time never comes.
    Never,
}

/// What comes after a call.
#[derive(Debug)]
pub(super) enum Next {
    /// The same tick, once more.
    Retry(Job),
    Tick(Job),
    Over,
}

/// Why a statement is no job, in words for whoever stated it.
#[derive(Debug, thiserror::Error)]
pub(super) enum PlanError {
    #[error("job name is invalid: {name:?}")]
    Name { name: String },
    #[error(transparent)]
    Schedule(#[from] ScheduleError),
    #[error("job must have a schedule to repeat")]
    RepeatsOnce,
    #[error("defined repeats must be greater than 0")]
    RepeatsNever,
    #[error("job must have a schedule to have a ttl")]
    TtlOnce,
    #[error("due time format not recognized: {text:?}")]
    DueTime { text: String },
    #[error("ttl format not recognized: {text:?}")]
    Ttl { text: String },
    #[error("ttl must be greater than due time")]
    TtlTooShort,
    #[error("the stored job cannot be read")]
    Stored(#[source] serde_json::Error),
}

impl Job {
    /// Reads a statement made at `now`.
    pub(super) fn plan(mut stated: ScheduleJob, now: DateTime<Utc>) -> Result<Planned, PlanError> {
        check_name(&stated.name)?;
        match (&stated.schedule, stated.repeats, &stated.ttl) {
            (None, Some(2..), _) => return Err(PlanError::RepeatsOnce),
            (_, Some(0), _) => return Err(PlanError::RepeatsNever),
            (None, _, Some(_)) => return Err(PlanError::TtlOnce),
            _ => {}
        }
        let schedule = stated.schedule.as_deref().map(Schedule::parse).transpose()?;
        let due_time = match &stated.due_time {
            None => None,
            Some(text) => Some(
                moment::parse(text, now)
                    .ok_or_else(|| PlanError::DueTime { text: text.clone() })?,
            ),
        };
        let start = due_time.unwrap_or(now);
        let expires_at = match &stated.ttl {
            None => None,
            Some(text) => Some(
                moment::parse(text, start).ok_or_else(|| PlanError::Ttl { text: text.clone() })?,
            ),
        };
        if due_time.is_some() && expires_at.is_some_and(|expires_at| start > expires_at) {
            return Err(PlanError::TtlTooShort);
        }
        stated.failure_policy.get_or_insert(DEFAULT_POLICY);
        // Dapr cuts the fraction off the present second first, so that its first ticks come up to a
        // second early. Here none does.
        let first = match (due_time, &schedule) {
            (Some(due_time), _) => Some(due_time),
            (None, Some(schedule)) => schedule.next_after(now),
            (None, None) => None,
        };
        let in_time = |at: &DateTime<Utc>| expires_at.is_none_or(|expires_at| *at <= expires_at);
        let first = first.and_then(moment::whole_millisecond).filter(in_time);
        let Some(at) = first else { return Ok(Planned::Never) };
        let tick = Tick { at, ordinal: 0, failures: 0 };
        Ok(Planned::Keep(Box::new(Self { stated, schedule, expires_at, tick })))
    }

    /// When the app is to be called. A retry counts from the instant that was stated and not from
    /// the failure, so a tick that is late has its retries at once.
    pub(super) fn due_at(&self) -> DateTime<Utc> {
        let interval = match self.stated.failure_policy {
            Some(FailurePolicy::Constant { interval, .. }) => interval,
            Some(FailurePolicy::Drop) | None => Duration::ZERO,
        };
        let delay = TimeDelta::from_std(interval.saturating_mul(self.tick.failures));
        let due_at = delay.ok().and_then(|delay| self.tick.at.checked_add_signed(delay));
        due_at.unwrap_or(DateTime::<Utc>::MAX_UTC)
    }

    /// What the app's answer makes of the job.
    pub(super) fn after(mut self, answer: &JobAnswer) -> Next {
        if matches!(answer, JobAnswer::Failed { .. }) {
            self.tick.failures = self.tick.failures.saturating_add(1);
            let comes_again = match self.stated.failure_policy {
                Some(FailurePolicy::Constant { max_retries, .. }) => {
                    max_retries.is_none_or(|max| self.tick.failures <= max)
                }
                Some(FailurePolicy::Drop) | None => false,
            };
            if comes_again {
                return Next::Retry(self);
            }
        }
        match self.next_tick() {
            Some(tick) => Next::Tick(Self { tick, ..self }),
            None => Next::Over,
        }
    }

    /// Ticks follow from one another, however late they are: those that were missed are made up
    /// for, one by one.
    fn next_tick(&self) -> Option<Tick> {
        let ordinal = self.tick.ordinal.saturating_add(1);
        if self.stated.repeats.is_some_and(|repeats| ordinal >= repeats) {
            return None;
        }
        let at = self.schedule.as_ref()?.next_after(self.tick.at)?;
        let is_in_time = self.expires_at.is_none_or(|expires_at| at <= expires_at);
        is_in_time.then_some(Tick { at, ordinal, failures: 0 })
    }

    pub(super) fn to_stored(&self) -> NewJob {
        NewJob {
            name: self.stated.name.clone(),
            // Checked JSON values always serialise.
            stated: serde_json::Value::Object(self.stated.document()).to_string(),
            expires_at_ms: self.expires_at.map(|at| at.timestamp_millis()),
            progress: self.progress(),
        }
    }

    pub(super) fn progress(&self) -> JobProgress {
        JobProgress {
            ticks_done: self.tick.ordinal,
            tick_at_ms: self.tick.at.timestamp_millis(),
            failures: self.tick.failures,
            due_at_ms: self.due_at().timestamp_millis(),
        }
    }

    pub(super) fn from_stored(stored: &NewJob) -> Result<Self, PlanError> {
        let document = JobDocument::read(stored.stated.as_bytes()).map_err(PlanError::Stored)?;
        let stated = document.named(&stored.name);
        let schedule = stated.schedule.as_deref().map(Schedule::parse).transpose()?;
        let moment = |ms| DateTime::from_timestamp_millis(ms).unwrap_or(DateTime::<Utc>::MAX_UTC);
        let JobProgress { ticks_done, tick_at_ms, failures, .. } = stored.progress;
        let tick = Tick { at: moment(tick_at_ms), ordinal: ticks_done, failures };
        Ok(Self { stated, schedule, expires_at: stored.expires_at_ms.map(moment), tick })
    }
}

/// A name becomes part of a path, unescaped.
fn check_name(name: &str) -> Result<(), PlanError> {
    let is_fit = |c: char| !matches!(c, '/' | '\\' | '#' | '?') && !c.is_control();
    let is_valid = name.chars().all(is_fit)
        && name.chars().count() <= NAME_CHARS
        && !matches!(name, "." | "..");
    if is_valid { Ok(()) } else { Err(PlanError::Name { name: name.to_owned() }) }
}

#[cfg(test)]
mod tests;
