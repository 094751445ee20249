//! The embedded sidecar as a process of its own, that can be away for a while.

use std::net::SocketAddr;
use std::process::Command;
use std::sync::Arc;

use rustix::process::Signal;

use crate::address;
use crate::app::{APP_ID, App};
use crate::broker::Broker;
use crate::client::{Call, Client, Whereabouts};
use crate::data_folder::DataFolder;
use crate::engines::BrokerKind;
use crate::process::Process;
use crate::programs::programs;
use crate::resources::Resources;
use crate::wait::eventually;

/// A place for a sidecar: its address stays the same whether one runs there or not.
#[derive(Debug)]
pub struct Sidecar {
    address: SocketAddr,
    app: SocketAddr,
    data: Arc<DataFolder>,
    resources: Arc<Resources>,
    crash_at: Option<String>,
    process: Option<Process>,
}

impl Sidecar {
    /// A sidecar and an app that know each other, each in a process of its own.
    pub fn with_app(resources: Resources) -> (App, Self) {
        let data = Arc::new(DataFolder::new());
        let listen = address::reserve();
        let mut sidecar =
            Sidecar::at(address::reserve(), listen, Arc::clone(&data), Arc::new(resources));
        let app = App::builder().on(data).listen(listen).beside(&sidecar).start();
        sidecar.start();
        (app, sidecar)
    }

    /// Nothing runs yet. `app` is where the app will listen.
    pub fn at(
        address: SocketAddr,
        app: SocketAddr,
        data: Arc<DataFolder>,
        resources: Arc<Resources>,
    ) -> Self {
        assert!(BrokerKind::of_this_run().is_none(), "this test is about the embedded sidecar");
        Sidecar { address, app, data, resources, crash_at: None, process: None }
    }

    /// Dies just before or just after an effect of its own, in its next life only: `after:17`.
    pub fn crash_at(&mut self, point: &str) {
        self.crash_at = Some(point.to_owned());
    }

    /// With other resources from its next start on.
    pub fn resources(&mut self, resources: &Arc<Resources>) {
        self.resources = Arc::clone(resources);
    }

    pub fn url(&self) -> String {
        address::url(self.address)
    }

    /// Starts it and waits until its API serves, or it has met its crash point.
    pub fn start(&mut self) {
        let mut command = self.command();
        if let Some(point) = self.crash_at.take() {
            command.args(["--crash-at", &point]);
        }
        let mut process = Process::start("the sidecar", command, &self.data.sidecar_log());
        let api = self.api();
        // Any answer will do, also one that knows no such path.
        eventually("the sidecar serves", || {
            let is_there = api.try_call(&Call::get("/")).is_ok();
            (is_there || process.ended().is_some()).then_some(())
        });
        self.process = Some(process);
    }

    /// Whether its process is gone, by a crash point or a kill.
    pub fn has_died(&mut self) -> bool {
        self.process.as_mut().is_none_or(|process| process.ended().is_some())
    }

    /// SIGTERM.
    pub fn stop(&mut self) {
        if let Some(mut process) = self.process.take() {
            process.terminate();
        }
    }

    /// SIGKILL.
    pub fn kill(&mut self) {
        self.process = None;
    }

    /// SIGSTOP: it takes connections, and never answers.
    pub fn freeze(&self) {
        self.running().signal(Signal::STOP);
    }

    /// SIGCONT.
    pub fn thaw(&self) {
        self.running().signal(Signal::CONT);
    }

    pub fn broker(&self) -> Broker {
        Broker::at(self.url())
    }

    fn running(&self) -> &Process {
        self.process.as_ref().unwrap_or_else(|| panic!("the sidecar does not run"))
    }

    fn api(&self) -> Client {
        let whereabouts = Whereabouts::default();
        whereabouts.set(self.url());
        Client::new(whereabouts)
    }

    fn command(&self) -> Command {
        let mut command = Command::new(&programs().sidecar);
        command
            .args(["--app-id", APP_ID])
            .args(["--app-channel-address", &self.app.ip().to_string()])
            .args(["--app-port", &self.app.port().to_string()])
            .args(["--dapr-listen-addresses", &self.address.ip().to_string()])
            .args(["--dapr-http-port", &self.address.port().to_string()])
            .arg("--enable-metrics=false")
            .args(["--enable-app-health-check", "--app-health-check-path", "/readyz"])
            .arg("--resources-path")
            .arg(self.resources.path())
            .arg("--data-dir")
            .arg(self.data.sidecar());
        command
    }
}
