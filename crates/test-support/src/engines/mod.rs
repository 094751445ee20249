//! Real engines of a test's own: processes that end with it, in folders that go with it.

mod backbone;
mod look;
mod sidecar;

use std::env;
use std::path::{Path, PathBuf};

use real_engines::{DaprVersion, Engine, Kafka, Place, RabbitMq, Redis};
use rustix::process::Signal;

use crate::process::Process;
use crate::wait::eventually;
use crate::{address, checkout};

pub use backbone::Backbone;
pub use look::on_the_console;
pub use sidecar::{Behind, RealSidecar};

/// Decides for a whole run of tests what carries the events: `embedded`, or the name of a broker
/// behind Dapr's own sidecar.
const VARIABLE: &str = "TASKMASTER_TEST_BROKER";
const EMBEDDED: &str = "embedded";
/// Decides which release of Dapr that is: its number.
const DAPR_VARIABLE: &str = "TASKMASTER_TEST_DAPR";

/// So often in a row nobody takes a free port away.
const PLACES_MAX: usize = 3;

/// What carries the events behind Dapr's own sidecar.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BrokerKind {
    Kafka,
    Redis,
    RabbitMq,
}

/// An engine that serves.
pub struct Running {
    process: Process,
    engine: Box<dyn Engine>,
}

impl BrokerKind {
    pub const ALL: [BrokerKind; 3] = [BrokerKind::Kafka, BrokerKind::Redis, BrokerKind::RabbitMq];

    /// What the environment says; `None`, and when it says nothing, is the embedded sidecar, which
    /// needs no broker.
    pub fn of_this_run() -> Option<Self> {
        let named = env::var(VARIABLE).unwrap_or_else(|_| EMBEDDED.to_owned());
        let kind = Self::ALL.into_iter().find(|kind| kind.name() == named);
        let names = Self::ALL.map(Self::name);
        assert!(
            kind.is_some() || named == EMBEDDED,
            "{VARIABLE} is {named:?}; it may be {EMBEDDED} or one of {names:?}"
        );
        kind
    }

    /// Also the folder of its resources.
    pub fn name(self) -> &'static str {
        match self {
            BrokerKind::Kafka => Kafka::NAME,
            BrokerKind::Redis => Redis::NAME,
            BrokerKind::RabbitMq => RabbitMq::NAME,
        }
    }

    /// The checkout's own, which lead to it.
    pub fn resources(self) -> PathBuf {
        checkout::root().join("dapr/brokers").join(self.name())
    }

    /// Starts it in this folder.
    fn start(self, folder: &Path) -> Running {
        Running::start_somewhere(|| self.engine(folder.to_owned()))
    }

    fn engine(self, folder: PathBuf) -> Box<dyn Engine> {
        match self {
            BrokerKind::Kafka => Box::new(Kafka::at(place_apart(folder, Kafka::ADDRESSES))),
            BrokerKind::Redis => Box::new(Redis::at(place_apart(folder, Redis::ADDRESSES))),
            BrokerKind::RabbitMq => Box::new(RabbitMq::at(place(folder, RabbitMq::ADDRESSES))),
        }
    }
}

impl Running {
    /// Starts it and waits until it serves.
    pub fn start(engine: Box<dyn Engine>) -> Self {
        let mut running = Self::begin(engine);
        running.wait_until_ready();
        running
    }

    /// The same for one that can listen nowhere but where everybody listens: a port that was free
    /// when it was found may be somebody's when it is taken.
    fn start_somewhere(engine: impl Fn() -> Box<dyn Engine>) -> Self {
        for _ in 1..PLACES_MAX {
            let mut running = Self::begin(engine());
            if running.serves_or_ends() {
                return running;
            }
        }
        Self::start(engine())
    }

    fn begin(engine: Box<dyn Engine>) -> Self {
        let prepared = engine.prepare();
        prepared.unwrap_or_else(|error| panic!("{}: {error:#}", engine.name()));
        Running { process: start(engine.as_ref()), engine }
    }

    pub fn engine(&self) -> &dyn Engine {
        self.engine.as_ref()
    }

    pub fn id(&self) -> u32 {
        self.process.id()
    }

    /// SIGKILL, at whatever moment this is.
    pub fn kill(&mut self) {
        self.process.kill();
        self.engine.clean_up();
    }

    /// SIGSTOP: it takes connections, and never answers.
    pub fn freeze(&self) {
        self.process.signal(Signal::STOP);
    }

    /// SIGTERM, and the wait for its end.
    pub fn terminate(&mut self) {
        self.process.terminate();
        self.engine.clean_up();
    }

    /// Starts it again on what it kept, killing it first if it runs.
    pub fn restart(&mut self) {
        self.kill();
        self.process = start(self.engine.as_ref());
        self.wait_until_ready();
    }

    fn wait_until_ready(&mut self) {
        let serves = self.serves_or_ends();
        assert!(serves, "{} ended:\n{}", self.engine.name(), self.process.log_tail());
    }

    /// Waits until it serves, or has ended before.
    fn serves_or_ends(&mut self) -> bool {
        let Running { process, engine } = self;
        eventually(&format!("{} serves", engine.name()), || match process.ended() {
            Some(_) => Some(false),
            None => engine.is_ready().then_some(true),
        })
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.kill();
    }
}

/// What the environment says, the newest when it says nothing.
pub fn dapr_of_this_run() -> DaprVersion {
    let Ok(named) = env::var(DAPR_VARIABLE) else { return DaprVersion::Newest };
    let version = DaprVersion::ALL.into_iter().find(|version| version.number() == named);
    version.unwrap_or_else(|| {
        let numbers = DaprVersion::ALL.map(DaprVersion::number);
        panic!("{DAPR_VARIABLE} is {named:?}; it may be one of {numbers:?}")
    })
}

fn start(engine: &dyn Engine) -> Process {
    let command = engine.command().unwrap_or_else(|error| panic!("{error:#}"));
    Process::start(engine.name(), command, &engine.place().file("log"))
}

/// On addresses that no other test takes, also while their owner is down.
fn place_apart(folder: PathBuf, count: usize) -> Place {
    Place::at(folder, (0..count).map(|_| address::reserve()).collect())
}

/// On the ordinary loopback address, for what can listen nowhere else.
fn place(folder: PathBuf, count: usize) -> Place {
    Place::on_free_ports(folder, 0, count).unwrap_or_else(|error| panic!("{error:#}"))
}
