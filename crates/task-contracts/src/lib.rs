//! The wire: types generated from `wit/`, the CloudEvent envelope, and every name that another
//! program has to agree on.
//!
//! This crate must not know how a task behaves, where it is kept, or how an event travels.

mod bindings;
pub mod envelope;
pub mod names;
pub mod reminder_job;

/// Tasks as JSON.
pub mod types {
    pub use crate::bindings::taskmaster::tasks::types::{
        Basis, Duration, Priority, Recurrence, Reminder, SeriesId, Subtask, Task, TaskId,
        Timestamp, Timezone, UserId,
    };
}

/// What events say, by the kind of thing they are about.
pub mod events {
    pub use crate::bindings::taskmaster::tasks::events::{
        ReminderDue, SyncChange, TaskEvent, TaskSync, UserEvent,
    };
}
