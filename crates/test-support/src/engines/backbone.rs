//! What Dapr's own sidecars stand on: a broker, and a scheduler for their jobs.

use std::fmt;

use real_engines::{DaprVersion, Scheduler};
use tempfile::TempDir;

use super::look::{self, Look};
use super::{BrokerKind, Running, place};
use crate::topics::Topics;

/// Its parts, in the order in which they end.
pub struct Backbone {
    scheduler: Running,
    broker: Running,
    look: Box<dyn Look>,
    kind: BrokerKind,
    version: DaprVersion,
    folder: TempDir,
}

impl Backbone {
    /// A broker and a scheduler that serve, with nothing on either.
    pub fn start(kind: BrokerKind, version: DaprVersion) -> Self {
        let folder = tempfile::Builder::new().prefix("taskmaster-engines-").tempdir();
        let folder = folder.unwrap_or_else(|error| panic!("no temporary folder: {error}"));
        let broker = kind.start(&folder.path().join("broker"));
        let look = look::at(kind, broker.engine());
        let of_scheduler = folder.path().join("scheduler");
        let scheduler = Running::start_somewhere(|| {
            let at = place(of_scheduler.clone(), Scheduler::ADDRESSES);
            Box::new(Scheduler::at(at, version))
        });
        Backbone { scheduler, broker, look, kind, version, folder }
    }

    pub fn kind(&self) -> BrokerKind {
        self.kind
    }

    pub fn version(&self) -> DaprVersion {
        self.version
    }

    pub fn broker(&self) -> &Running {
        &self.broker
    }

    pub fn broker_mut(&mut self) -> &mut Running {
        &mut self.broker
    }

    /// What the broker says it is.
    pub fn broker_version(&self) -> String {
        format!("{} {}", self.kind.name(), self.look.version())
    }

    /// Everything that was ever published, in the order of the broker, where that says anything:
    /// Dapr takes the entries of a bulk to Redis and RabbitMQ all at once, so there the changes of
    /// a user are put in their own.
    pub fn topics(&self) -> Topics {
        let mut topics = self.look.topics();
        if self.kind != BrokerKind::Kafka {
            topics.records.sort_by_key(|record| {
                let data = &record.event["data"];
                (data["user_id"].to_string(), data["sequence"].as_u64())
            });
        }
        topics
    }

    /// The scheduler dies, and comes back with an empty store: every job is lost.
    #[track_caller]
    pub fn forget_jobs(&mut self) {
        self.scheduler.kill();
        let scheduler = self.scheduler.engine();
        let emptied = Scheduler::empty(scheduler.place()).and_then(|()| scheduler.prepare());
        emptied.unwrap_or_else(|error| panic!("the scheduler's store: {error:#}"));
        self.scheduler.restart();
    }

    pub fn scheduler(&self) -> &Running {
        &self.scheduler
    }

    pub(super) fn folder(&self) -> &TempDir {
        &self.folder
    }
}

impl fmt::Debug for Backbone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} and a scheduler in {}", self.kind.name(), self.folder.path().display())
    }
}
