//! The app under test: the real host with the real components, on data that outlives it.

mod builder;

use std::fs;
use std::path::PathBuf;
use std::process::ExitStatus;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::thread;

pub use builder::{AppBuilder, Died};

use rustix::process::Signal;

use crate::broker::Broker;
use crate::client::{Client, Whereabouts};
use crate::data_folder::DataFolder;
use crate::ledger::{self, Ledger};
use crate::process::Process;
use crate::topics::Topics;
use crate::wait::eventually;

/// What Dapr calls this app; also its consumer group.
pub const APP_ID: &str = "taskmaster";
/// The operator's token of every app here.
pub const ADMIN_TOKEN: &str = "operator-token-for-tests";

/// A running app. Dropping it while its outbox holds events fails the test: an event that nobody
/// waited for is an event that nobody checked.
#[derive(Debug)]
pub struct App {
    // First, because its log lies in the folder that goes with the data.
    process: Process,
    builder: AppBuilder,
    data: Arc<DataFolder>,
    whereabouts: Whereabouts,
    on_drop: OnDrop,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum OnDrop {
    CheckOutbox,
    Leave,
}

impl App {
    /// The app as `cargo xtask up` runs it, on a port of its own and new data.
    pub fn start() -> Self {
        AppBuilder::default().start()
    }

    pub fn builder() -> AppBuilder {
        AppBuilder::default()
    }

    fn launch(builder: AppBuilder, whereabouts: Whereabouts) -> Result<Self, Died> {
        let data = builder.data();
        let ready_file = ready_file(&data);
        let mut process = Process::start("the app", builder.command(&ready_file), &data.app_log());
        let ready = eventually("the app is ready", || match fs::read_to_string(&ready_file) {
            Ok(address) => Some(Ok(address)),
            Err(_) => process.ended().map(|status| Err(Died { status })),
        });
        whereabouts.set(format!("http://{}", ready?.trim()));
        Ok(App { builder, data, process, whereabouts, on_drop: OnDrop::CheckOutbox })
    }

    /// Nobody yet; sign up to be somebody. Stays valid when the app is started again.
    pub fn client(&self) -> Client {
        Client::new(self.whereabouts.clone())
    }

    pub fn operator(&self) -> Client {
        self.client().with_token(ADMIN_TOKEN)
    }

    pub fn data(&self) -> &Arc<DataFolder> {
        &self.data
    }

    /// The sidecar's HTTP API, of an app that was built to offer it.
    pub fn broker(&self) -> Broker {
        Broker::at(self.builder.sidecar_url())
    }

    pub fn topics(&self) -> Topics {
        Topics::read(&self.data)
    }

    /// What the host holds in memory now, and the most that it ever held.
    pub fn resident_bytes(&self) -> (u64, u64) {
        self.process.resident_bytes()
    }

    /// SIGKILL, at whatever moment this is.
    pub fn kill(&mut self) {
        self.process.kill();
    }

    /// SIGSTOP: it takes connections, and holds on to its leases and locks.
    pub fn freeze(&self) {
        self.process.signal(Signal::STOP);
    }

    /// SIGCONT.
    pub fn thaw(&self) {
        self.process.signal(Signal::CONT);
    }

    /// Whether the process is gone, by a crash point or a kill.
    pub fn has_died(&mut self) -> bool {
        self.process.ended().is_some()
    }

    /// Starts the app again on the same data, without its crash point. Kills it first if it runs.
    pub fn restart(self) -> Self {
        self.restart_as(|builder| builder)
    }

    /// Starts the app again on the same data with other settings.
    pub fn restart_as(mut self, change: impl FnOnce(AppBuilder) -> AppBuilder) -> Self {
        self.kill();
        self.on_drop = OnDrop::Leave;
        let builder = self.builder.clone().on(Arc::clone(&self.data)).without_crash();
        let restarted = App::launch(change(builder), self.whereabouts.clone());
        restarted.unwrap_or_else(|died| panic!("{died}:\n{}", self.process.log_tail()))
    }

    /// SIGTERM, and the end that comes of it: orderly, or at a crash point on the way.
    pub fn terminate(&mut self) -> ExitStatus {
        self.process.terminate()
    }

    /// SIGTERM, and an orderly end.
    pub fn stop(mut self) {
        self.check_outbox();
        self.on_drop = OnDrop::Leave;
        let status = self.terminate();
        assert!(status.success(), "the app ended with {status}:\n{}", self.process.log_tail());
    }

    /// Waits until nothing is left to publish or to deliver, and checks everything that must hold
    /// of the data then.
    #[track_caller]
    pub fn settle(&self) -> Ledger {
        self.wait_until_quiet();
        let ledger = Ledger::read(&self.data);
        ledger.check(&self.topics());
        ledger
    }

    /// Waits until nothing is on its way any more.
    #[track_caller]
    pub fn wait_until_quiet(&self) {
        eventually("outbox and topics are drained", || self.is_quiet().then_some(()));
    }

    /// Whether the outbox is empty and every delivery is done. A delivery may write events, so both
    /// must hold without anything having been added in between.
    pub fn is_quiet(&self) -> bool {
        let before = Topics::progress(&self.data, APP_ID);
        let outbox = ledger::outbox(&self.data);
        let is_drained = outbox.pending == 0 && before.undelivered == 0;
        is_drained
            && before == Topics::progress(&self.data, APP_ID)
            && outbox == ledger::outbox(&self.data)
    }

    /// Whether everything was published. What became of it then is the sidecar's to know.
    pub fn outbox_is_empty(&self) -> bool {
        ledger::outbox(&self.data).pending == 0
    }

    /// For a test that ends on purpose with events in the outbox.
    pub fn leave_undrained(mut self) {
        self.on_drop = OnDrop::Leave;
    }

    pub fn log_tail(&self) -> String {
        self.process.log_tail()
    }

    fn check_outbox(&self) {
        let pending = ledger::outbox(&self.data).pending;
        assert!(pending == 0, "the app is left with {pending} events in its outbox");
    }
}

impl Drop for App {
    fn drop(&mut self) {
        if thread::panicking() {
            // Only there when the app was asked to keep it.
            if let Ok(calls) = fs::read_to_string(self.data.host_calls()) {
                eprintln!("host calls of the app:\n{calls}");
            }
        } else if self.on_drop == OnDrop::CheckOutbox {
            self.check_outbox();
        }
    }
}

/// Of its own for each start: several apps may share a folder.
fn ready_file(data: &DataFolder) -> PathBuf {
    static NEXT: AtomicU32 = AtomicU32::new(1);
    data.path().join(format!("ready-{}", NEXT.fetch_add(1, Ordering::Relaxed)))
}
