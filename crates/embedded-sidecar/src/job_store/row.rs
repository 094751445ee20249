//! A job as it is stored. Plain values.

/// A job to be stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct NewJob {
    pub(crate) name: String,
    /// The job as it was stated, as JSON.
    pub(crate) stated: String,
    pub(crate) expires_at_ms: Option<i64>,
    pub(crate) progress: JobProgress,
}

/// How far a job has come. Times are milliseconds since 1970.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct JobProgress {
    pub(crate) ticks_done: u32,
    /// When the next tick was meant to be, before any failure put it off.
    pub(crate) tick_at_ms: i64,
    /// Calls of that tick that failed.
    pub(crate) failures: u32,
    pub(crate) due_at_ms: i64,
}

/// A stored job.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct JobRow {
    /// Says which of the jobs that had this name one after the other it is.
    pub(crate) id: i64,
    pub(crate) job: NewJob,
}

/// A job as operators see it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ScheduledJob {
    pub name: String,
    /// The job as it was stated, as JSON.
    pub stated: String,
    pub due_at_ms: i64,
    /// Ticks that are over, however they ended.
    pub ticks_done: u32,
    /// Calls of the next tick that failed already.
    pub failures: u32,
}
