//! The app with everything around it, each part behind a proxy, and the ways to break them. Knows
//! processes and connections, and nothing of what goes over them.

use std::net::SocketAddr;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use std::{fs, io, thread};

use rand::RngExt;
use rand::rngs::StdRng;
use test_support::client::Whereabouts;
use test_support::{App, Client, DataFolder, Resources, Sidecar, address};
use tokio::runtime::{Handle, Runtime};

use crate::dice::{Part, generator};
use crate::proxy::{HttpProxy, Storm, TcpProxy, TowardsApp, TowardsSidecar};
use crate::run::Plan;
use crate::tally::{Count, Tally};

/// Troubles that are always there, of a thousand requests.
const DRIZZLE_TO_SIDECAR: u32 = 2;
const DRIZZLE_TO_APP: u32 = 50;
const STORM_TO_SIDECAR: u32 = 300;
const STORM_TO_APP: u32 = 500;
/// The proxies are light; the cores belong to the app.
const PROXY_THREADS: usize = 2;
/// Of the deaths of the host, those after which it has another idea of the time.
const CLOCK_JUMPS: f64 = 0.3;
/// How far the app's clock may be off, either way. Less than the leeway of its tokens.
pub(crate) const CLOCK_OFFSET_MAX_MS: i64 = 12_000;

pub(crate) struct Stage {
    // Ends first: an app without its database would only complain.
    app: Mutex<Option<App>>,
    sidecar: Mutex<Sidecar>,
    data: Arc<DataFolder>,
    door: TcpProxy,
    whereabouts: Whereabouts,
    database: Option<TcpProxy>,
    to_sidecar: Arc<TowardsSidecar>,
    to_app: Arc<TowardsApp>,
    runtime: Runtime,
}

/// Where everybody listens.
struct Addresses {
    app: SocketAddr,
    sidecar: SocketAddr,
    /// The proxies before app and sidecar, and the people's door to the app.
    to_app: SocketAddr,
    to_sidecar: SocketAddr,
    door: SocketAddr,
}

impl Stage {
    pub(crate) fn set(plan: &Plan, tally: &Arc<Tally>) -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(PROXY_THREADS)
            .enable_all()
            .build()
            .unwrap_or_else(|error| panic!("no runtime for the proxies: {error}"));
        let at = Addresses {
            app: address::reserve(),
            sidecar: address::reserve(),
            to_app: address::reserve(),
            to_sidecar: address::reserve(),
            door: address::reserve(),
        };
        let storm = |part| Storm::new(generator(plan.seed, part));
        let to_sidecar =
            Arc::new(TowardsSidecar::new(storm(Part::TowardsSidecar), Arc::clone(tally)));
        let to_app = Arc::new(TowardsApp::new(storm(Part::TowardsApp), Arc::clone(tally)));
        HttpProxy::start(runtime.handle(), at.to_sidecar, at.sidecar, &to_sidecar);
        HttpProxy::start(runtime.handle(), at.to_app, at.app, &to_app);
        let door = TcpProxy::start(runtime.handle(), at.door, at.app);
        let whereabouts = Whereabouts::default();
        whereabouts.set(address::url(at.door));

        let data = Arc::new(DataFolder::on(plan.engine));
        let resources = Arc::new(Resources::with_cron_every_second());
        let mut sidecar = Sidecar::at(at.sidecar, at.to_app, Arc::clone(&data), resources);
        let (database, variables) = way_to_the_database(runtime.handle(), &data);
        let app = App::builder()
            .on(Arc::clone(&data))
            .listen(at.app)
            .with_dapr_at(address::url(at.to_sidecar))
            .variable("webhook_allow_http", "true")
            .variable("webhook_http_hosts", "http://*:*");
        let app = variables.iter().fold(app, |app, (name, value)| app.variable(name, value));
        let app = app.start();
        sidecar.start();
        let stage = Stage {
            app: Mutex::new(Some(app)),
            sidecar: Mutex::new(sidecar),
            data,
            door,
            whereabouts,
            database,
            to_sidecar,
            to_app,
            runtime,
        };
        stage.drizzle();
        stage
    }

    pub(crate) fn runtime(&self) -> &Handle {
        self.runtime.handle()
    }

    pub(crate) fn data(&self) -> &DataFolder {
        &self.data
    }

    pub(crate) fn keep_logs(&self, folder: &Path) {
        let keep = || {
            fs::create_dir_all(folder)?;
            for log in [self.data.app_log(), self.data.sidecar_log()] {
                let name = log.file_name().unwrap_or_default();
                fs::copy(&log, folder.join(name))?;
            }
            io::Result::Ok(())
        };
        keep().unwrap_or_else(|error| panic!("cannot keep logs in {}: {error}", folder.display()));
    }

    /// Somebody at the door, nobody yet.
    pub(crate) fn client(&self) -> Client {
        Client::new(self.whereabouts.clone())
    }

    /// Kills the host, and starts it again after a while, maybe with another idea of the time.
    pub(crate) fn kill_host(&self, tally: &Tally, away: Duration, dice: &mut StdRng) {
        let mut app = lock(&self.app);
        let Some(mut running) = app.take() else { return };
        running.kill();
        tally.add(Count::HostKills);
        thread::sleep(away);
        let jump = dice.random_bool(CLOCK_JUMPS);
        let offset_ms = dice.random_range(-CLOCK_OFFSET_MAX_MS..=CLOCK_OFFSET_MAX_MS);
        if jump {
            tally.add(Count::ClockJumps);
        }
        *app = Some(running.restart_as(|builder| match jump {
            true => builder.clock_offset_ms(offset_ms),
            false => builder,
        }));
    }

    pub(crate) fn kill_sidecar(&self, tally: &Tally, away: Duration) {
        let mut sidecar = lock(&self.sidecar);
        sidecar.kill();
        tally.add(Count::SidecarKills);
        thread::sleep(away);
        sidecar.start();
    }

    /// Stops the host, which holds its connections, its locks and its leases meanwhile.
    pub(crate) fn pause_host(&self, pause: Duration) {
        if let Some(app) = &*lock(&self.app) {
            app.freeze();
            thread::sleep(pause);
            app.thaw();
        }
    }

    pub(crate) fn pause_sidecar(&self, pause: Duration) {
        let sidecar = lock(&self.sidecar);
        sidecar.freeze();
        thread::sleep(pause);
        sidecar.thaw();
    }

    /// Whether the app keeps its rows with a server, whose sessions can be ended.
    pub(crate) fn has_backends(&self) -> bool {
        self.database.is_some()
    }

    /// Ends some of the app's sessions at the database. Says how many there were.
    pub(crate) fn kill_backends(&self, most: u32) -> u64 {
        self.data.database().terminate_sessions(most)
    }

    /// Resets a share of the connections between people and app.
    pub(crate) fn cut_people_off(&self, share: f64, salt: u64) {
        self.door.cut(share, salt);
    }

    /// Resets a share of the connections between app and database.
    pub(crate) fn cut_database_off(&self, share: f64, salt: u64) {
        if let Some(database) = &self.database {
            database.cut(share, salt);
        }
    }

    pub(crate) fn storm_to_sidecar(&self) {
        self.to_sidecar.storm.set(STORM_TO_SIDECAR);
    }

    pub(crate) fn storm_to_app(&self) {
        self.to_app.storm.set(STORM_TO_APP);
    }

    /// Troubles now and then.
    pub(crate) fn drizzle(&self) {
        self.to_sidecar.storm.set(DRIZZLE_TO_SIDECAR);
        self.to_app.storm.set(DRIZZLE_TO_APP);
    }

    /// Nothing is broken any more.
    pub(crate) fn calm_down(&self) {
        self.to_sidecar.storm.set(0);
        self.to_app.storm.set(0);
    }

    /// Whether nothing is on its way any more.
    pub(crate) fn is_quiet(&self) -> bool {
        lock(&self.app).as_ref().is_some_and(App::is_quiet)
    }
}

impl Drop for Stage {
    fn drop(&mut self) {
        if let Some(app) = lock(&self.app).take() {
            // What is left in the outbox has been reported.
            app.leave_undrained();
        }
    }
}

/// The app reaches a database server through a proxy. A file needs none.
fn way_to_the_database(
    runtime: &Handle,
    data: &DataFolder,
) -> (Option<TcpProxy>, Vec<(&'static str, String)>) {
    let Some(server) = data.database().server() else { return (None, Vec::new()) };
    let proxy = address::reserve();
    let variables = data.database().variables_by_way_of(proxy);
    (Some(TcpProxy::start(runtime, proxy, server)), variables)
}

fn lock<T>(part: &Mutex<T>) -> MutexGuard<'_, T> {
    part.lock().unwrap_or_else(PoisonError::into_inner)
}
