//! What people were told: every answered write, under the task it was about. It is the measure
//! that the tables are held against in the end.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use serde_json::Value;

use crate::findings::TaskKey;
use crate::load::Deed;

/// One write with its answer.
#[derive(Clone, Debug)]
pub(crate) struct Entry {
    /// Since the run began.
    pub(crate) at: Duration,
    pub(crate) deed: Deed,
    pub(crate) key: String,
    /// How often it was sent.
    pub(crate) attempts: u32,
    pub(crate) told: Told,
}

#[derive(Clone, Debug)]
pub(crate) enum Told {
    /// The task as it is after the change.
    Changed(Value),
    Deleted,
    /// There is no such task (any more).
    Gone,
    /// The state does not allow it.
    Refused,
}

#[derive(Debug, Default)]
pub(crate) struct Journal(Mutex<BTreeMap<TaskKey, Vec<Entry>>>);

impl Journal {
    pub(crate) fn write(&self, task: TaskKey, entry: Entry) {
        self.all().entry(task).or_default().push(entry);
    }

    pub(crate) fn all(&self) -> MutexGuard<'_, BTreeMap<TaskKey, Vec<Entry>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
