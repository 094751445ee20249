//! Dapr's own sidecar beside an app of this machine, with its scheduler and a broker.

use std::net::SocketAddr;

use anyhow::{Result, ensure};
use clap::ValueEnum;
use real_engines::{App, DaprVersion, Daprd, Engine as _};

use super::{Kept, Name, build};
use crate::app;
use crate::workspace::Workspace;

/// The folders of resources that lead to one broker each.
const OVERLAYS: &str = "dapr/brokers";

/// What carries the events.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Broker {
    /// In the app's own process, on disk
    Embedded,
    Kafka,
    Redis,
    Rabbitmq,
}

impl Broker {
    /// What it is that has to be started; `None` for a broker that needs nothing beside the app.
    pub(crate) fn engine(self) -> Option<Name> {
        match self {
            Broker::Embedded => None,
            Broker::Kafka => Some(Name::Kafka),
            Broker::Redis => Some(Name::Redis),
            Broker::Rabbitmq => Some(Name::Rabbitmq),
        }
    }
}

/// Starts what is missing and a new sidecar for the app that is about to listen there, and returns
/// the sidecar's URL. `None` for a broker that needs nothing beside the app.
pub(crate) fn start(
    broker: Broker,
    workspace: &Workspace,
    listen: SocketAddr,
) -> Result<Option<String>> {
    let Some(name) = broker.engine() else { return Ok(None) };
    ensure!(listen.port() != 0, "Dapr has to know where the app listens; choose a port");
    build(workspace, &[Name::Daprd])?;
    let engine = name.start(workspace)?;
    let scheduler = Name::Scheduler.start(workspace)?;
    // The one of an earlier run knows another broker, or another port.
    Name::Daprd.stop(workspace)?;
    let kept = Kept::of(workspace, Name::Daprd.as_str());
    let environment = engine.environment().into_iter();
    let sidecar = App {
        id: app::APP_ID.to_owned(),
        address: Some(listen),
        health_path: app::APP_HEALTH_PATH.to_owned(),
        resources: vec![workspace.path(OVERLAYS).join(name.as_str())],
        config: Some(workspace.path(app::DAPR_CONFIG)),
        scheduler: Some(scheduler.address()),
        environment: environment.map(|(name, value)| (name.to_owned(), value)).collect(),
    };
    let place = kept.place(Daprd::USUAL_PORT, Daprd::ADDRESSES)?;
    let daprd = Daprd::at(place, DaprVersion::Newest, sidecar);
    kept.start(&daprd)?;
    eprintln!("What was started stays; `cargo xtask engines stop` ends it.");
    Ok(Some(format!("http://{}", daprd.address())))
}
