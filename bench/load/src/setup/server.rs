//! One side as it runs: its process, its users, and its sidecar when events are published.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use futures::future::try_join_all;
use task_contracts::names::Topic;
use test_support::postgres::Database;
use test_support::topics::Progress;
use test_support::{BrokerKind, DataFolder, address};

use super::carrier::{Carrier, Counted};
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
    /// Dapr's own does, and hands them to this broker.
    Through(BrokerKind),
}

pub(crate) struct Server {
    pub(crate) side: Side,
    pub(crate) clients: Vec<Client>,
    pub(crate) processes: Processes,
    app: Running,
    // The sidecar ends after the app, the folder after both.
    carrier: Option<Carrier>,
    data: DataFolder,
    _database: Option<Database>,
    app_id: String,
    url: String,
}

/// How the events of some requests came out.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Settled {
    /// Records on the sidecar's topics, or what the app has published.
    pub(crate) published: i64,
    /// When the last one of them was there.
    pub(crate) after: Duration,
}

impl Publishing {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Publishing::Off => "off",
            Publishing::On | Publishing::Through(_) => "on",
        }
    }

    fn carrier(self, programs: &Programs, app: SocketAddr) -> Option<Carrier> {
        match self {
            Publishing::Off => None,
            Publishing::On => Some(Carrier::new(None, programs, app)),
            Publishing::Through(broker) => Some(Carrier::new(Some(broker), programs, app)),
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
        let mut carrier = publishing.carrier(programs, listen);
        let dapr_url = carrier.as_ref().map(Carrier::url);
        let place = Place {
            listen,
            data: &data,
            database: database.as_ref(),
            dapr_url: dapr_url.as_deref(),
        };
        let command = side.command(programs, &place)?;
        let mut app = Running::start(side.name(), command, &data.app_log());
        app.answers(&listen.to_string()).await?;
        if let Some(carrier) = &mut carrier {
            let delivers_to = (side == Side::App).then_some(listen);
            carrier.meet(programs, delivers_to, &data).await?;
        }
        let processes = Processes {
            server: Some(app.id()),
            database: databases.process(),
            ..carrier.as_ref().map(Carrier::processes).unwrap_or_default()
        };
        let signed_up = sign_up(listen, users).await;
        let clients = signed_up.with_context(|| app.log_tail())?;
        let app_id = programs.dapr_app_id.clone();
        Ok(Server {
            side,
            clients,
            processes,
            app,
            carrier,
            data,
            _database: database,
            app_id,
            url: address::url(listen),
        })
    }

    pub(crate) fn log_tail(&self) -> String {
        self.app.log_tail()
    }

    /// What stands on a topic.
    pub(crate) fn count(&self, topic: Topic) -> Counted {
        let carrier = self.carrier.as_ref();
        carrier.map(|carrier| carrier.count(&self.data, topic)).unwrap_or_default()
    }

    /// What carries the events, where that is not the embedded sidecar.
    pub(crate) fn carried_by(&self) -> Option<String> {
        self.carrier.as_ref().and_then(Carrier::version)
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
            let is_quiet = last_move.1.elapsed() > QUIET && !self.has_a_backlog(progress);
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

    /// Behind a broker the app may rest for a while before it goes on publishing.
    fn has_a_backlog(&self, progress: Progress) -> bool {
        matches!(self.carrier, Some(Carrier::Behind { .. })) && progress.undelivered > 0
    }

    fn progress(&self) -> Progress {
        let carrier = self.carrier.as_ref();
        let progress = carrier.map(|it| it.progress(&self.data, &self.app_id, &self.url));
        progress.unwrap_or_default()
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
