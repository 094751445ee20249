//! Dapr's own sidecars with their scheduler and a broker, beside apps. What stands on the broker's
//! topics is not known here.

use std::net::SocketAddr;

use real_engines::{App as AppOfSidecar, DaprVersion, Daprd, Engine as _, Place, Scheduler};
use serde_json::Value;

use super::{BrokerKind, Running, place};
use crate::app::{APP_ID, App, AppBuilder};
use crate::broker::Broker;
use crate::client::Call;
use crate::data_folder::DataFolder;
use crate::wait::eventually;
use crate::{address, checkout};

/// What sidecars stand on, in the order in which it ends.
pub struct Backbone {
    scheduler: Running,
    broker: Running,
    kind: BrokerKind,
    version: DaprVersion,
    folder: DataFolder,
}

/// One sidecar of one app.
pub struct RealSidecar {
    daprd: Running,
    api: Daprd,
    /// How many its app has asked for.
    subscriptions: usize,
}

impl Backbone {
    /// A broker and a scheduler that serve, with nothing on either.
    pub fn start(kind: BrokerKind, version: DaprVersion) -> Self {
        let folder = DataFolder::new();
        let within = |name: &str| folder.path().join(name);
        let broker = Running::start(kind.engine(within("broker")));
        let at = place(within("scheduler"), Scheduler::ADDRESSES);
        let scheduler = Running::start(Box::new(Scheduler::at(at, version)));
        Backbone { scheduler, broker, kind, version, folder }
    }

    /// An app and its sidecar, when each has found the other. All of them have one app-id, so they
    /// share what comes.
    pub fn app(&self, builder: AppBuilder) -> (App, RealSidecar) {
        self.app_called(APP_ID, builder)
    }

    /// The same under an app-id of its own: another consumer, and another owner of jobs.
    pub fn app_called(&self, id: &str, builder: AppBuilder) -> (App, RealSidecar) {
        let listen = address::reserve();
        let mut sidecar = self.sidecar(id, listen);
        let app = builder.listen(listen).with_dapr_at(sidecar.url()).start();
        sidecar.subscriptions = subscriptions(&app, id);
        sidecar.wait_for_the_app();
        (app, sidecar)
    }

    pub fn broker(&self) -> &Running {
        &self.broker
    }

    pub fn broker_mut(&mut self) -> &mut Running {
        &mut self.broker
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

    fn sidecar(&self, id: &str, app: SocketAddr) -> RealSidecar {
        let environment = self.broker.engine().environment().into_iter();
        let folder = self.folder.path().join(format!("sidecar-of-{app}"));
        let place = Place::at(folder, beside(app));
        let app = AppOfSidecar {
            id: id.to_owned(),
            address: Some(app),
            health_path: "/readyz".to_owned(),
            resources: vec![checkout::root().join("dapr/brokers").join(self.kind.name())],
            config: Some(checkout::root().join("dapr/config.yaml")),
            scheduler: Some(self.scheduler.engine().address()),
            environment: environment.map(|(name, value)| (name.to_owned(), value)).collect(),
        };
        RealSidecar::start(Daprd::at(place, self.version, app))
    }
}

impl RealSidecar {
    fn start(api: Daprd) -> Self {
        RealSidecar { daprd: Running::start(Box::new(api.clone())), api, subscriptions: 0 }
    }

    pub fn url(&self) -> String {
        address::url(self.api.address())
    }

    /// Through its API, as any other program could.
    pub fn publisher(&self) -> Broker {
        Broker::at(self.url())
    }

    /// What it says it is.
    #[track_caller]
    pub fn version(&self) -> String {
        let told = ureq::get(format!("{}/v1.0/metadata", self.url())).call();
        let mut told = told.unwrap_or_else(|error| panic!("the sidecar: {error}"));
        let told: Result<Value, _> = told.body_mut().read_json();
        let told = told.unwrap_or_else(|error| panic!("the sidecar: {error}"));
        told["runtimeVersion"].as_str().unwrap_or_default().to_owned()
    }

    /// SIGKILL, at whatever moment this is.
    pub fn kill(&mut self) {
        self.daprd.kill();
    }

    /// SIGTERM, and an orderly end.
    pub fn terminate(&mut self) {
        self.daprd.terminate();
    }

    /// Starts it again, and waits until it has found its app again.
    pub fn restart(&mut self) {
        self.daprd.restart();
        self.wait_for_the_app();
    }

    fn wait_for_the_app(&self) {
        let serves = || self.api.serves_the_app(self.subscriptions).then_some(());
        eventually("the sidecar serves the app", serves);
    }
}

/// Dapr takes equal port numbers for a conflict, though they belong to different addresses.
fn beside(app: SocketAddr) -> Vec<SocketAddr> {
    let mut apart = vec![app];
    while apart.len() <= Daprd::ADDRESSES {
        let next = address::reserve();
        if apart.iter().all(|other| other.port() != next.port()) {
            apart.push(next);
        }
    }
    apart.split_off(1)
}

/// What a sidecar of this app-id is told when it asks. An app with a token tells only its own
/// sidecar; it has one at least.
fn subscriptions(app: &App, id: &str) -> usize {
    let answer = app.client().call(Call::get("/dapr/subscribe").header("dapr-app-id", id));
    match answer.status {
        200 => answer.json().as_array().map_or(0, Vec::len),
        _ => 1,
    }
}
