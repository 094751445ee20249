//! A durable Dapr-compatible sidecar: a library first, a binary with the flags of daprd last.
//!
//! Reads the resource files daprd reads and speaks its HTTP API; a published event and a scheduled
//! job are on disk before their 204. It must not know what they are about: no task type is named
//! here.

mod api;
mod app_channel;
mod app_health;
mod bindings;
mod clock;
mod config;
mod conversation;
mod crash_point;
mod durable_log;
mod effects;
mod error;
mod flow;
mod go_duration;
mod group_commit;
mod identity;
mod job_store;
mod jobs;
mod metrics;
mod pubsub;
mod quantity;
mod resiliency;
mod resources;
mod runtime;
mod secrets;
mod sidecar;
mod state;
mod tasks;
mod wal_file;

use std::sync::{Mutex, MutexGuard, PoisonError};

pub use app_channel::{AppCall, AppChannel, AppChannelError, TcpAppChannel};
pub use clock::{Clock, RuntimeClock, SystemClock};
pub use config::{AppAddress, AppHealthConfig, SidecarConfig};
pub use crash_point::{CrashPoint, CrashPointError, CrashWhen};
pub use durable_log::{Inspector, LogError, Record, TopicName, TopicRecord};
pub use error::SidecarError;
pub use go_duration::parse as parse_go_duration;
pub use job_store::{JobInspector, JobStoreError, ScheduledJob};
pub use metrics::SubscriptionLag;
pub use quantity::parse as parse_quantity;
pub use resiliency::PolicyError;
pub use resources::{ResourceError, SecretName};
pub use sidecar::{Sidecar, SidecarBuilder};
pub use state::StateStoreError;

/// Locks, and goes on after a panic elsewhere: what is guarded is consistent between statements.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
