//! One side as it runs: its process, its users, and its sidecar when events are published.

use std::net::SocketAddr;
use std::process::Command;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use futures::future::try_join_all;
use test_support::postgres::Database;
use test_support::topics::Progress;
use test_support::{DataFolder, Topics, address};

use super::running::Running;
use super::side::Place;
use super::{Databases, Programs, Side};
use crate::client::Client;
use crate::machine::Processes;

/// Whatever is on its way when the last answer came must have arrived by then.
const SETTLE_TIMEOUT: Duration = Duration::from_secs(180);
const SETTLE_POLL: Duration = Duration::from_millis(100);
/// So long after the last sign of life nothing comes any more: an app's sweep runs every 5 s.
const QUIET: Duration = Duration::from_secs(6);

/// Whether a sidecar takes events.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Publishing {
    Off,
    On,
}

pub(crate) struct Server {
    pub(crate) side: Side,
    pub(crate) clients: Vec<Client>,
    pub(crate) processes: Processes,
    app: Running,
    // The sidecar ends after the app, the folder after both.
    _sidecar: Option<Running>,
    data: DataFolder,
    _database: Option<Database>,
    app_id: String,
}

/// How the events of some requests came out.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Settled {
    /// Records on the sidecar's topics.
    pub(crate) published: i64,
    /// When the last one of them was there.
    pub(crate) after: Duration,
}

impl Publishing {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Publishing::Off => "off",
            Publishing::On => "on",
        }
    }
}

impl Server {
    /// Starts it with so many users, each signed in on a connection of its own.
    pub(crate) async fn start(
        side: Side,
        programs: &Programs,
        databases: &Databases,
        publishing: Publishing,
        users: usize,
    ) -> Result<Self> {
        let data = DataFolder::new();
        let database = databases.fresh();
        let listen = address::reserve();
        let dapr = (publishing == Publishing::On).then(address::reserve);
        let dapr_url = dapr.map(address::url);
        let place = Place {
            listen,
            data: &data,
            database: database.as_ref(),
            dapr_url: dapr_url.as_deref(),
        };
        let command = side.command(programs, &place)?;
        let mut app = Running::start(side.name(), command, &data.app_log());
        app.answers(&listen.to_string()).await?;
        let mut sidecar = None;
        if let Some(dapr) = dapr {
            let delivers_to = (side == Side::App).then_some(listen);
            let command = sidecar_command(programs, dapr, delivers_to, &data);
            let mut running = Running::start("sidecar", command, &data.sidecar_log());
            running.answers(&dapr.to_string()).await?;
            sidecar = Some(running);
        }
        let processes = Processes {
            server: app.id(),
            sidecar: sidecar.as_ref().map(Running::id),
            database: databases.process(),
        };
        let signed_up = sign_up(listen, users).await;
        let clients = signed_up.with_context(|| app.log_tail())?;
        let app_id = programs.dapr_app_id.clone();
        Ok(Server {
            side,
            clients,
            processes,
            app,
            _sidecar: sidecar,
            data,
            _database: database,
            app_id,
        })
    }

    pub(crate) fn log_tail(&self) -> String {
        self.app.log_tail()
    }

    pub(crate) fn data(&self) -> &DataFolder {
        &self.data
    }

    pub(crate) fn published(&self) -> i64 {
        self.progress().published
    }

    /// Waits until so many records are on the topics, or until nothing has come for long enough;
    /// and until the app has taken what is delivered to it.
    pub(crate) async fn settle(&self, expected: Option<i64>) -> Result<Settled> {
        let began = Instant::now();
        let mut settled = Settled { published: self.published(), after: Duration::ZERO };
        let mut last_move = (self.progress(), began);
        loop {
            let progress = self.progress();
            if progress != last_move.0 {
                last_move = (progress, Instant::now());
            }
            if progress.published != settled.published {
                settled = Settled { published: progress.published, after: began.elapsed() };
            }
            let is_all = expected.is_some_and(|expected| settled.published >= expected);
            let is_quiet = last_move.1.elapsed() > QUIET;
            if is_quiet || (is_all && self.is_delivered(progress)) {
                return Ok(settled);
            }
            if began.elapsed() > SETTLE_TIMEOUT {
                bail!("the {} still publishes {SETTLE_TIMEOUT:?} later", self.side.name());
            }
            tokio::time::sleep(SETTLE_POLL).await;
        }
    }

    /// Nothing is delivered to the other sides.
    fn is_delivered(&self, progress: Progress) -> bool {
        self.side != Side::App || progress.undelivered == 0
    }

    fn progress(&self) -> Progress {
        Topics::progress(&self.data, &self.app_id)
    }
}

/// The first alone: whoever comes to an empty database makes its tables.
async fn sign_up(listen: SocketAddr, users: usize) -> Result<Vec<Client>> {
    let authority = &listen.to_string();
    let one = |number: usize| async move {
        let mut client = Client::connect(authority).await?;
        client.sign_up(&format!("user{number}@example.com")).await?;
        anyhow::Ok(client)
    };
    let mut clients = vec![one(0).await?];
    clients.extend(try_join_all((1..users).map(one)).await?);
    Ok(clients)
}

fn sidecar_command(
    programs: &Programs,
    listen: SocketAddr,
    app: Option<SocketAddr>,
    data: &DataFolder,
) -> Command {
    let mut command = Command::new(&programs.sidecar);
    command
        .args(["--app-id", &programs.dapr_app_id])
        .args(["--dapr-listen-addresses", &listen.ip().to_string()])
        .args(["--dapr-http-port", &listen.port().to_string()])
        .args(["--enable-metrics=false", "--log-level", "warn"])
        .arg("--config")
        .arg(&programs.dapr_config)
        .arg("--data-dir")
        .arg(data.sidecar());
    for folder in &programs.dapr_resources {
        command.arg("--resources-path").arg(folder);
    }
    if let Some(app) = app {
        command
            .args(["--app-channel-address", &app.ip().to_string()])
            .args(["--app-port", &app.port().to_string()])
            .args(["--enable-app-health-check", "--app-health-check-path", "/readyz"]);
    }
    command
}
