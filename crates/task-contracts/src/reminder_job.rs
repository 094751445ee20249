//! The name of the Dapr job that wakes a reminder, and what the job carries.
//!
//! The name holds the version that set the reminder: a moved reminder is another job, and what is
//! left of the old one finds nothing to do.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use thiserror::Error;
use uuid::Uuid;

use crate::names::REMINDER_JOB_PREFIX;

/// One reminder as one version of its task set it: `r-<user>-<task>-<n>-<version>`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ReminderJob {
    pub user_id: Uuid,
    pub task_id: u32,
    /// The place among the instants at which this version of the task rings.
    pub n: u32,
    pub version: u64,
}

/// The job's data. The scheduler gives it back as the whole body of its call, so the name is in it
/// for those who route by body.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq, Serialize)]
pub struct ReminderJobData {
    pub name: String,
}

#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[error("{0:?} is no name of a reminder's job: r-<user>-<task>-<n>-<version>")]
pub struct NotAReminderJob(pub String);

impl ReminderJob {
    /// The id of the event that says this reminder fell due; firing twice gives it twice.
    pub fn event_id(&self) -> Uuid {
        Uuid::new_v5(&self.user_id, self.to_string().as_bytes())
    }
}

impl fmt::Display for ReminderJob {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ReminderJob { user_id, task_id, n, version } = self;
        write!(f, "{REMINDER_JOB_PREFIX}{user_id}-{task_id}-{n}-{version}")
    }
}

impl FromStr for ReminderJob {
    type Err = NotAReminderJob;

    fn from_str(name: &str) -> Result<Self, NotAReminderJob> {
        parse(name)
            .filter(|job| job.to_string() == name)
            .ok_or_else(|| NotAReminderJob(name.to_owned()))
    }
}

/// The user's id has hyphens of its own, so the name is read from its end.
fn parse(name: &str) -> Option<ReminderJob> {
    let mut parts = name.strip_prefix(REMINDER_JOB_PREFIX)?.rsplitn(4, '-');
    let version = parts.next()?.parse().ok()?;
    let n = parts.next()?.parse().ok()?;
    let task_id = parts.next()?.parse().ok()?;
    let user_id = parts.next()?.parse().ok()?;
    Some(ReminderJob { user_id, task_id, n, version })
}
