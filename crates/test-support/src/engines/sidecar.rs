//! Dapr's own sidecar beside one app. What stands on the broker's topics is not known here.

use std::fmt;
use std::net::SocketAddr;
use std::path::PathBuf;

use real_engines::{App as AppOfSidecar, Daprd, Engine as _, Place};
use serde_json::Value;

use super::{Backbone, Running};
use crate::app::{APP_ID, App, AppBuilder};
use crate::broker::Broker;
use crate::client::{Call, Client};
use crate::wait::eventually;
use crate::{address, checkout};

/// One sidecar of one app.
pub struct RealSidecar {
    daprd: Running,
    api: Daprd,
    behind: Behind,
    /// How many its app asked for when they met.
    subscriptions: usize,
}

/// The app as its sidecar knows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Behind {
    pub id: String,
    pub address: SocketAddr,
    pub resources: PathBuf,
    /// Tokens, and what resource files ask for; what leads to the broker is added.
    pub environment: Vec<(String, String)>,
}

impl Backbone {
    /// An app and its sidecar, when each has found the other. All of them have one app-id, so they
    /// share what comes.
    pub fn app(&self, builder: AppBuilder) -> (App, RealSidecar) {
        self.app_called(APP_ID, builder)
    }

    /// The same under an app-id of its own: another consumer, and another owner of jobs.
    pub fn app_called(&self, id: &str, builder: AppBuilder) -> (App, RealSidecar) {
        let listen = address::reserve();
        let behind = Behind {
            id: id.to_owned(),
            address: listen,
            resources: self.kind().resources(),
            environment: Vec::new(),
        };
        let mut sidecar = RealSidecar::start(self, behind);
        let app = builder.listen(listen).with_dapr_at(sidecar.url()).start();
        sidecar.meet();
        (app, sidecar)
    }
}

impl RealSidecar {
    /// Its API serves; the app may come later.
    pub fn start(backbone: &Backbone, behind: Behind) -> Self {
        let Behind { id, address, resources, mut environment } = behind.clone();
        let of_broker = backbone.broker().engine().environment().into_iter();
        environment.extend(of_broker.map(|(name, value)| (name.to_owned(), value)));
        let folder = backbone.folder().path().join(format!("sidecar-of-{id}-{address}"));
        let app = AppOfSidecar {
            id,
            address: Some(address),
            health_path: "/readyz".to_owned(),
            resources: vec![resources],
            config: Some(checkout::root().join("dapr/config.yaml")),
            scheduler: Some(backbone.scheduler().engine().address()),
            environment,
        };
        let place = Place::at(folder, beside(address));
        let api = Daprd::at(place, backbone.version(), app);
        RealSidecar { daprd: Running::start(Box::new(api.clone())), api, behind, subscriptions: 0 }
    }

    /// The one that stood there before the app was started again, if it would be the same.
    pub(crate) fn keep_or_start(kept: Option<Self>, backbone: &Backbone, behind: Behind) -> Self {
        match kept {
            Some(kept) if kept.behind == behind => kept,
            other => {
                if let Some(mut other) = other {
                    other.terminate();
                }
                Self::start(backbone, behind)
            }
        }
    }

    /// Where it finds its app.
    pub(crate) fn app(&self) -> SocketAddr {
        self.behind.address
    }

    pub fn id(&self) -> u32 {
        self.daprd.id()
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

    /// Waits until it serves an app that is there by now.
    pub fn meet(&mut self) {
        let app = Client::at(address::url(self.behind.address));
        self.subscriptions = subscriptions(&app, &self.behind.id);
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
fn subscriptions(app: &Client, id: &str) -> usize {
    let answer = app.call(Call::get("/dapr/subscribe").header("dapr-app-id", id));
    match answer.status {
        200 => answer.json().as_array().map_or(0, Vec::len),
        _ => 1,
    }
}

impl fmt::Debug for RealSidecar {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "daprd at {}", self.url())
    }
}
