//! How far the reading of an uploaded file has come, and which of its lines are tasks already.

use chrono::{DateTime, Utc};
use uuid::Uuid;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Import {
    pub id: Uuid,
    pub format: String,
    pub state: ImportState,
    pub read_bytes: u64,
    pub total_bytes: Option<u64>,
    pub records: u64,
    pub created: u64,
    /// Records that an earlier upload had brought.
    pub duplicates: u64,
    pub failed: u64,
    /// JSON text that only its writer reads.
    pub errors: String,
    pub started_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ImportState {
    Running,
    Done,
    Failed,
}

/// A part of an upload that is committed with its tasks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImportChunk {
    /// The whole import as it stands after this chunk.
    pub import: Import,
    pub keys: Vec<ImportKey>,
}

/// Names a record of the file for ever, so that a second upload does not bring it again, not even
/// when the task was deleted since.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImportKey {
    /// Which program's ids these are.
    pub source: String,
    pub uid: String,
    /// Index into the inserts of the change: the task it became.
    pub insert: usize,
}

impl ImportState {
    pub fn as_str(self) -> &'static str {
        match self {
            ImportState::Running => "running",
            ImportState::Done => "done",
            ImportState::Failed => "failed",
        }
    }
}
