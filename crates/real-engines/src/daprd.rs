//! Dapr's own sidecar.

use std::ffi::OsString;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::Command;

use anyhow::Result;

use crate::cache::{self, DAPRD};
use crate::engine::Engine;
use crate::place::Place;
use crate::probe;

const USUAL_PORT: u16 = 3500;
/// Opening a database on the first probe takes longer than the usual half second.
const APP_HEALTH_PROBE_TIMEOUT_MS: &str = "2000";
/// It must be longer than the probe's own limit.
const APP_HEALTH_PROBE_INTERVAL_S: &str = "3";

/// With the one, it asks its callers for the other.
const API_TOKEN_VARIABLE: &str = "DAPR_API_TOKEN";
const API_TOKEN_HEADER: &str = "dapr-api-token";

/// What the addresses are for.
const API: usize = 0;
const GRPC_API: usize = 1;
const OTHER_SIDECARS: usize = 2;

/// A release of Dapr.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DaprVersion {
    /// What everything runs with.
    Newest,
    /// What shows that the fallbacks for earlier releases work.
    Oldest,
}

/// Who stands behind a sidecar, and what the sidecar reads.
#[derive(Clone, Debug, Default)]
pub struct App {
    pub id: String,
    /// Without one there is nobody to deliver to.
    pub address: Option<SocketAddr>,
    /// It must answer 200 for deliveries to come; empty: they come anyway.
    pub health_path: String,
    pub resources: Vec<PathBuf>,
    pub config: Option<PathBuf>,
    pub scheduler: Option<SocketAddr>,
    /// For `envRef` of resource files, and for tokens.
    pub environment: Vec<(String, String)>,
}

#[derive(Clone, Debug)]
pub struct Daprd {
    place: Place,
    version: DaprVersion,
    app: App,
}

impl DaprVersion {
    pub const ALL: [DaprVersion; 2] = [DaprVersion::Newest, DaprVersion::Oldest];

    pub const fn number(self) -> &'static str {
        match self {
            DaprVersion::Newest => "1.18.2",
            DaprVersion::Oldest => "1.16.0",
        }
    }

    /// Where both programs of this release are built to.
    pub fn folder(self) -> Result<PathBuf> {
        cache::folder_of("dapr", self.number())
    }

    pub(crate) fn program(self, name: &str, variable: &str) -> Result<PathBuf> {
        let named = match self {
            DaprVersion::Newest => cache::named_by(variable)?,
            // A person's own program is of some later release.
            DaprVersion::Oldest => None,
        };
        match named {
            Some(named) => Ok(named),
            None => cache::present(self.folder()?.join(name), name, variable),
        }
    }
}

impl Daprd {
    pub const NAME: &str = "daprd";
    pub const ADDRESSES: usize = 3;
    pub const USUAL_PORT: u16 = USUAL_PORT;

    pub fn at(place: Place, version: DaprVersion, app: App) -> Self {
        Daprd { place, version, app }
    }

    /// The program that would be started.
    pub fn program(version: DaprVersion) -> Result<PathBuf> {
        version.program(Self::NAME, DAPRD)
    }

    /// Whether the app was found, its subscriptions are read, and everything may begin. An app that
    /// only answers people has none.
    pub fn serves_the_app(&self, subscriptions: usize) -> bool {
        let asked_for = self.app.environment.iter().find(|(name, _)| name == API_TOKEN_VARIABLE);
        let token = asked_for.map(|(_, token)| (API_TOKEN_HEADER, token.as_str()));
        let told = probe::get_with(self.address(), "/v1.0/metadata", token.as_slice());
        let Some(told) = told else { return false };
        // It puts in spaces as it likes, so that nobody compares its bytes.
        let told: String = told.split_whitespace().collect();
        let is_healthy = probe::get(self.address(), "/v1.0/healthz").is_some();
        let has_scheduler = self.app.scheduler.is_none() || told.contains("connected_addresses");
        let read = told.matches(r#"{"pubsubname":"#).count();
        is_healthy && has_scheduler && read >= subscriptions
    }
}

impl Engine for Daprd {
    fn name(&self) -> &'static str {
        Self::NAME
    }

    fn place(&self) -> &Place {
        &self.place
    }

    fn prepare(&self) -> Result<()> {
        Ok(std::fs::create_dir_all(self.place.folder())?)
    }

    fn command(&self) -> Result<Command> {
        let mut command = Command::new(Self::program(self.version)?);
        let App { id, address, health_path, resources, config, scheduler, environment } = &self.app;
        command
            .args(["--app-id", id, "--enable-metrics=false"])
            .args(["--dapr-listen-addresses", &self.place.host(API)])
            .args(["--dapr-http-port", &self.place.port(API)])
            .args(["--dapr-grpc-port", &self.place.port(GRPC_API)])
            .args(["--dapr-internal-grpc-listen-address", &self.place.host(OTHER_SIDECARS)])
            .args(["--dapr-internal-grpc-port", &self.place.port(OTHER_SIDECARS)]);
        if let Some(address) = address {
            command.args(["--app-channel-address", &address.ip().to_string()]);
            command.args(["--app-port", &address.port().to_string()]);
        }
        if !health_path.is_empty() {
            command.args(["--enable-app-health-check", "--app-health-check-path", health_path]);
            command.args(["--app-health-probe-timeout", APP_HEALTH_PROBE_TIMEOUT_MS]);
            command.args(["--app-health-probe-interval", APP_HEALTH_PROBE_INTERVAL_S]);
        }
        for folder in resources {
            command.arg("--resources-path").arg(folder);
        }
        if let Some(config) = config {
            command.arg("--config").arg(config);
        }
        // An empty value means none; left out, it would look for one on the usual port.
        let scheduler = scheduler.map(|address| address.to_string()).unwrap_or_default();
        command.arg("--scheduler-host-address").arg(OsString::from(scheduler));
        command.envs(environment.iter().map(|(name, value)| (name, value)));
        Ok(command)
    }

    /// Its API answers, whether the app is there or not.
    fn is_ready(&self) -> bool {
        probe::get(self.address(), "/v1.0/healthz/outbound").is_some()
    }
}
