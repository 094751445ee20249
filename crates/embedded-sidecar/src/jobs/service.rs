//! The calls of the API about jobs.

use std::sync::Arc;

use bytes::Bytes;
use dapr_protocol::jobs::{JobDocument, JobRefusal, JobRefusalReason, ScheduleJob};

use super::job::{Job, Planned};
use crate::clock::Clock;
use crate::job_store::{JobStore, JobStoreError, Kept, TakenName};

pub(crate) struct JobService {
    pub(crate) app_id: String,
    pub(crate) namespace: String,
    pub(crate) store: JobStore,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) max_body_bytes: usize,
}

impl JobService {
    /// Returns once the job is on disk.
    pub(crate) async fn schedule(&self, name: &str, body: &Bytes) -> Result<(), JobRefusal> {
        let kept = self.keep(name, body).await;
        kept.map_err(|reason| self.refusal(reason))
    }

    /// The job as it was stated.
    pub(crate) async fn get(&self, name: &str) -> Result<ScheduleJob, JobRefusal> {
        let not_read = |error: String| self.refusal(JobRefusalReason::NotRead { error });
        let row = self.store.find(name).await.map_err(|error| not_read(text(&error)))?;
        match row {
            None => Err(self.refusal(JobRefusalReason::NotFound { name: name.to_owned() })),
            Some(row) => Job::from_stored(&row.job)
                .map(|job| job.stated)
                .map_err(|error| not_read(error.to_string())),
        }
    }

    /// There is no such job afterwards, as there may have been none before.
    pub(crate) async fn delete(&self, name: &str) -> Result<(), JobRefusal> {
        let deleted = self.store.remove(name).await;
        deleted.map_err(|error| self.refusal(JobRefusalReason::NotDeleted { error: text(&error) }))
    }

    async fn keep(&self, name: &str, body: &Bytes) -> Result<(), JobRefusalReason> {
        if body.len() > self.max_body_bytes {
            return Err(JobRefusalReason::BodyTooLarge);
        }
        let document = JobDocument::read(body)
            .map_err(|error| JobRefusalReason::Malformed { error: error.to_string() })?;
        if document.states_a_name() {
            return Err(JobRefusalReason::NameInBody);
        }
        let stated = document.named(name.trim());
        if stated.name.is_empty() {
            return Err(JobRefusalReason::NameEmpty);
        }
        if stated.schedule.is_none() && stated.due_time.is_none() {
            return Err(JobRefusalReason::ScheduleEmpty);
        }
        let (name, overwrite) = (stated.name.clone(), stated.overwrite);
        let planned = Job::plan(stated, self.clock.now())
            .map_err(|error| JobRefusalReason::NotScheduled { error: error.to_string() })?;
        let kept = match (planned, overwrite) {
            (Planned::Keep(job), true) => {
                self.store.keep(job.to_stored(), TakenName::Overwrite).await
            }
            (Planned::Keep(job), false) => {
                self.store.keep(job.to_stored(), TakenName::LeaveAlone).await
            }
            // A job whose time never comes is gone as soon as it is there.
            (Planned::Never, true) => self.store.remove(&name).await.map(|()| Kept::Stored),
            (Planned::Never, false) => match self.store.find(&name).await {
                Ok(Some(_)) => Ok(Kept::Exists),
                Ok(None) => Ok(Kept::Stored),
                Err(error) => Err(error),
            },
        };
        match kept {
            Ok(Kept::Stored) => Ok(()),
            Ok(Kept::Exists) => Err(JobRefusalReason::Exists { name }),
            Err(error) => Err(JobRefusalReason::NotScheduled { error: text(&error) }),
        }
    }

    fn refusal(&self, reason: JobRefusalReason) -> JobRefusal {
        let (app_id, namespace) = (self.app_id.clone(), self.namespace.clone());
        JobRefusal { app_id, namespace, reason }
    }
}

/// The error with its cause: whoever reads the answer has no log at hand.
fn text(error: &JobStoreError) -> String {
    match std::error::Error::source(error) {
        Some(source) => format!("{error}: {source}"),
        None => error.to_string(),
    }
}
