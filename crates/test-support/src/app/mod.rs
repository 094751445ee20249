//! The app under test: the real host with the real components, on data that outlives it.

mod builder;
mod shares;

use std::fs;
use std::path::PathBuf;
use std::process::ExitStatus;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;
use std::{iter, mem, thread};

pub use builder::{AppBuilder, Died};
pub use shares::FIVE;

use rustix::process::Signal;

use self::shares::{Kept, share_out};
use crate::broker::Broker;
use crate::client::{Client, Whereabouts};
use crate::data_folder::DataFolder;
use crate::engines::RealSidecar;
use crate::ledger::{self, Ledger};
use crate::process::Process;
use crate::topics::Topics;
use crate::wait::{self, POLL, eventually, within_by};

/// What Dapr calls this app; also its consumer group.
pub const APP_ID: &str = "taskmaster";
/// The operator's token of every app here.
pub const ADMIN_TOKEN: &str = "operator-token-for-tests";
/// Each look reads all rows; more often, it would take the app's core.
const LOOK_EVERY: Duration = Duration::from_millis(100);

/// A running app. Dropping it while its outbox holds events fails the test: an event that nobody
/// waited for is an event that nobody checked.
#[derive(Debug)]
pub struct App {
    // First, because its log lies in the folder that goes with the data.
    process: Process,
    /// Dapr's own, in a run that is about it. It outlives its app.
    sidecar: Option<RealSidecar>,
    /// What it is shared out to, in a run that is about that.
    shares: Vec<App>,
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

    fn launch(builder: AppBuilder, whereabouts: Whereabouts, mut kept: Kept) -> Result<Self, Died> {
        let (first, others) = share_out(builder.clone());
        let of_others =
            mem::take(&mut kept.shares).into_iter().chain(iter::repeat_with(Kept::default));
        let mut app = App::launch_one(first, whereabouts, kept)?;
        let shares = others.into_iter().zip(of_others).map(|(other, kept)| {
            let mut share = App::launch_one(other, Whereabouts::default(), kept)?;
            // All of them share one outbox.
            share.on_drop = OnDrop::Leave;
            Ok(share)
        });
        app.shares = shares.collect::<Result<_, Died>>()?;
        app.builder = builder;
        Ok(app)
    }

    fn launch_one(
        mut builder: AppBuilder,
        whereabouts: Whereabouts,
        kept: Kept,
    ) -> Result<Self, Died> {
        let data = builder.data();
        let listen = kept.listen;
        let ready_file = ready_file(&data);
        let mut sidecar = builder.beside_real_sidecar(kept.sidecar, listen);
        let command = match &sidecar {
            Some(sidecar) => builder.clone().with_dapr_at(sidecar.url()).command(&ready_file),
            None => builder.command(&ready_file),
        };
        let mut process = Process::start("the app", command, &data.app_log());
        let ready = eventually("the app is ready", || match fs::read_to_string(&ready_file) {
            Ok(address) => Some(Ok(address)),
            Err(_) => process.ended().map(|status| Err(Died { status })),
        });
        whereabouts.set(format!("http://{}", ready?.trim()));
        if let Some(sidecar) = &mut sidecar {
            sidecar.meet();
        }
        let (shares, on_drop) = (Vec::new(), OnDrop::CheckOutbox);
        Ok(App { builder, data, process, sidecar, shares, whereabouts, on_drop })
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
        match &self.sidecar {
            Some(sidecar) => sidecar.publisher(),
            None => Broker::at(self.builder.sidecar_url()),
        }
    }

    /// The API of the sidecar that holds the jobs of reminders: each is its app's own.
    pub fn holder_of_jobs(&self) -> Broker {
        let owner = self.shares.iter().find(|share| share.builder.wakes_reminders());
        owner.unwrap_or(self).broker()
    }

    /// How many read the changes of tasks, each for itself: one app, or two shares of it.
    pub fn readers_of_changes(&self) -> usize {
        if self.shares.is_empty() { 1 } else { 2 }
    }

    pub fn topics(&self) -> Topics {
        match self.data.backbone() {
            Some(backbone) => backbone.topics(),
            None => Topics::read(&self.data),
        }
    }

    /// What the host holds in memory now, and the most that it ever held.
    pub fn resident_bytes(&self) -> (u64, u64) {
        self.process.resident_bytes()
    }

    /// SIGKILL, at whatever moment this is.
    pub fn kill(&mut self) {
        self.shares.iter_mut().for_each(App::kill);
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
        let kept = self.keep();
        let restarted = App::launch(change(builder), self.whereabouts.clone(), kept);
        restarted.unwrap_or_else(|died| panic!("{died}:\n{}", self.process.log_tail()))
    }

    /// What goes on while the app is away, and where it comes back to.
    fn keep(&mut self) -> Kept {
        Kept {
            listen: self.sidecar.as_ref().map(RealSidecar::app),
            sidecar: self.sidecar.take(),
            shares: self.shares.iter_mut().map(App::keep).collect(),
        }
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
        let rest = if self.sidecar.is_some() { LOOK_EVERY } else { POLL };
        let patience = wait::patience();
        let quiet = within_by(rest, patience, || self.is_quiet().then_some(()));
        quiet.unwrap_or_else(|| {
            let unfinished = Ledger::read(&self.data).unfinished().join("\n  ");
            panic!("outbox and topics are not drained after {patience:?}:\n  {unfinished}")
        });
    }

    /// Whether the outbox is empty and every delivery is done. A delivery may write events, so both
    /// must hold without anything having been added in between.
    pub fn is_quiet(&self) -> bool {
        if self.sidecar.is_some() {
            return Ledger::read(&self.data).unfinished().is_empty();
        }
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
