//! Publishing, one event or many. Knows the calls and their outcomes, not what an event holds.

mod bulk;
mod refusals;
mod single;

pub use bulk::{
    BulkBody, BulkEntry, BulkOutcome, BulkPublishRequest, BulkSupport, FailedEntry, IncomingEntry,
};
pub use refusals::{PublishRefusal, RefusalReason};
pub use single::{PublishOptions, PublishOutcome, PublishRequest};
