//! Jobs: calls of the app at a time that is stated beforehand.
//!
//! Owns the API on both sides, and the call back. It must not know when anything is due: that is
//! the scheduler's.

mod callback;
mod delete;
mod document;
mod refusals;
mod schedule;

pub use callback::{JobAnswer, JobCallback, JobResponseStatus};
pub use delete::{DeleteJob, DeleteOutcome};
pub use document::JobDocument;
pub use refusals::{JobRefusal, JobRefusalReason};
pub use schedule::{FailurePolicy, ScheduleJob, ScheduleOutcome};

use http::{Response, StatusCode};

use crate::error_body::{DIRECT_INVOKE, Refusal};

/// Which form of the API a sidecar serves. Start with the default and go on with the
/// [`older`](Self::older) one whenever an outcome says `NoJobsApi`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum JobsApi {
    /// Since Dapr 1.18.
    #[default]
    Stable,
    /// Since Dapr 1.14, and still served.
    Alpha,
}

impl JobsApi {
    /// `None` when there is no older one: this sidecar knows no jobs.
    pub fn older(self) -> Option<Self> {
        match self {
            Self::Stable => Some(Self::Alpha),
            Self::Alpha => None,
        }
    }

    fn path(self, name: &str) -> String {
        let version = match self {
            Self::Stable => "v1.0",
            Self::Alpha => "v1.0-alpha1",
        };
        format!("/{version}/jobs/{}", crate::path::segment(name))
    }
}

/// Whether a refusal means that nobody serves the path at all.
fn is_unserved(response: &Response<bytes::Bytes>, refusal: &Refusal) -> bool {
    response.status() == StatusCode::NOT_FOUND && refusal.code == DIRECT_INVOKE
}
