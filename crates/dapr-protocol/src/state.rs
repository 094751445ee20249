//! State: values under keys, kept by a component.
//!
//! Owns the calls and their messages on both sides. It must not know how a component keeps them.

mod item;
mod refusals;
mod requests;
mod stored;
mod transaction;

pub use item::{Concurrency, Etag, OptionError, StateItem, StateOptions};
pub use refusals::{StateRefusal, StateRefusalReason};
pub use requests::{DeleteState, GetState, SaveState, StateOutcome, StateWritten};
pub use stored::{BulkGet, BulkStateItem, StoredState};
pub use transaction::{Operation, StateTransaction, TransactionBody, TransactionError};

/// Seconds after which a value is gone: request metadata, and the only kind a store reads.
pub use crate::metadata::TTL_IN_SECONDS;
/// Tells when a value will be gone: response metadata, as RFC 3339.
pub const TTL_EXPIRE_TIME: &str = "ttlExpireTime";
