//! The numbered boundary between guests and the world, and the switch that kills the process there.
//!
//! Every effect passes here: a SQL statement, a key-value call, an outbound request, a response
//! head, the acceptance of an inbound request. They are numbered from 1 in the order they begin, so
//! that a test can let the process die just before or just after the n-th one, for n = 1, 2, 3 and
//! on. No guest knows.

#[cfg(test)]
mod tests;

use std::fmt;
use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use embedded_sidecar::{CrashPoint, CrashWhen};

/// Longest detail written to the log; the beginning tells calls apart.
const MAX_DETAIL_CHARS: usize = 80;

/// What kind of effect a host call has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HostCallKind {
    /// An inbound request is accepted, before its guest runs.
    Inbound,
    /// One SQL statement; after it, its effect is in the database.
    Sql,
    /// One call on a key-value store; after it, its effect is in the store.
    KeyValue,
    /// One outbound request; after it, its response head is here.
    Outbound,
    /// A response head; after it, the response is out of this process.
    ResponseHead,
}

/// Numbers host calls for one host.
#[derive(Debug, Default)]
pub(crate) struct HostCalls {
    begun: AtomicU64,
    crash_at: Option<CrashPoint>,
    log: Option<Mutex<File>>,
}

/// A host call that has begun. `finish` marks the moment its effect is complete.
#[derive(Debug, Clone)]
#[must_use = "a call that is never finished has no moment after it"]
pub(crate) struct HostCall {
    number: u64,
    calls: Arc<HostCalls>,
}

#[derive(Debug, thiserror::Error)]
#[error("cannot open the host call log {path}")]
pub struct HostCallLogError {
    path: PathBuf,
    source: std::io::Error,
}

impl HostCalls {
    pub(crate) fn new(
        crash_at: Option<CrashPoint>,
        log: Option<&Path>,
    ) -> Result<Self, HostCallLogError> {
        let open = |path: &Path| {
            let file = File::options().create(true).append(true).open(path);
            file.map_err(|source| HostCallLogError { path: path.to_owned(), source })
        };
        let log = log.map(open).transpose()?.map(Mutex::new);
        Ok(Self { begun: AtomicU64::new(0), crash_at, log })
    }

    /// `detail` is only formatted when calls are logged.
    pub(crate) fn begin(
        self: &Arc<Self>,
        kind: HostCallKind,
        component: &str,
        detail: impl fmt::Display,
    ) -> HostCall {
        let number = self.begun.fetch_add(1, Ordering::SeqCst) + 1;
        if let Some(log) = &self.log {
            append(log, number, kind, component, &detail);
        }
        self.crash_if(number, CrashWhen::Before);
        HostCall { number, calls: Arc::clone(self) }
    }

    fn crash_if(&self, number: u64, when: CrashWhen) {
        if self.crash_at == Some(CrashPoint { nth: number, when }) {
            // No unwinding, no flushing, no destructors: what a power cut leaves is what is left.
            std::process::abort();
        }
    }
}

impl HostCall {
    pub(crate) fn finish(self) {
        self.calls.crash_if(self.number, CrashWhen::After);
    }

    /// Whether this is the call after which the process is to die.
    pub(crate) fn is_last(&self) -> bool {
        self.calls.crash_at == Some(CrashPoint { nth: self.number, when: CrashWhen::After })
    }
}

impl fmt::Display for HostCallKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Inbound => "inbound",
            Self::Sql => "sql",
            Self::KeyValue => "key-value",
            Self::Outbound => "outbound",
            Self::ResponseHead => "response-head",
        })
    }
}

/// One line per call: number, kind, component, detail. A failing log must not fail the call.
fn append(
    log: &Mutex<File>,
    number: u64,
    kind: HostCallKind,
    component: &str,
    detail: &impl fmt::Display,
) {
    let detail: String = detail.to_string().split_whitespace().collect::<Vec<_>>().join(" ");
    let detail: String = detail.chars().take(MAX_DETAIL_CHARS).collect();
    let line = format!("{number} {kind} {component} {detail}\n");
    let mut file = log.lock().unwrap_or_else(PoisonError::into_inner);
    if let Err(error) = file.write_all(line.as_bytes()) {
        tracing::warn!(%error, "a host call could not be logged");
    }
}
