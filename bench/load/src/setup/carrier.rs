//! What carries a run's events: the embedded sidecar in a process of its own, or Dapr's own sidecar
//! with its scheduler and a broker.

use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::process::Command;

use anyhow::Result;
use clap::ValueEnum;
use real_engines::DaprVersion;
use task_contracts::names::Topic;
use test_support::topics::{Progress, Tally};
use test_support::{Backbone, Behind, BrokerKind, DataFolder, RealSidecar, Topics, address};
use tokio::task::block_in_place;

use super::Programs;
use super::running::Running;
use crate::machine::Processes;

/// As the command line names it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Broker {
    /// The embedded sidecar's own log
    Embedded,
    Kafka,
    Redis,
    Rabbitmq,
}

pub(crate) enum Carrier {
    Embedded { address: SocketAddr, process: Option<Running> },
    Behind { sidecar: Box<RealSidecar>, backbone: Box<Backbone> },
}

/// What stands on a topic.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Counted {
    pub(crate) records: i64,
    /// Distinct ones; a record may be an event that came before.
    pub(crate) events: i64,
}

impl Broker {
    /// `None` needs nothing beside the sidecar.
    pub(crate) fn kind(self) -> Option<BrokerKind> {
        match self {
            Broker::Embedded => None,
            Broker::Kafka => Some(BrokerKind::Kafka),
            Broker::Redis => Some(BrokerKind::Redis),
            Broker::Rabbitmq => Some(BrokerKind::RabbitMq),
        }
    }

    pub(crate) fn name(self) -> &'static str {
        match self {
            Broker::Embedded => "the embedded sidecar",
            Broker::Kafka => "Kafka",
            Broker::Redis => "Redis",
            Broker::Rabbitmq => "RabbitMQ",
        }
    }

    pub(crate) fn flag(self) -> &'static str {
        self.kind().map_or("embedded", BrokerKind::name)
    }
}

impl Carrier {
    /// The embedded one only chooses its address and begins with [`Carrier::meet`]; Dapr's own
    /// waits for an app at `app`.
    pub(crate) fn new(broker: Option<BrokerKind>, programs: &Programs, app: SocketAddr) -> Self {
        let Some(kind) = broker else {
            return Carrier::Embedded { address: address::reserve(), process: None };
        };
        block_in_place(|| {
            let backbone = Box::new(Backbone::start(kind, DaprVersion::Newest));
            let behind = Behind {
                id: programs.dapr_app_id.clone(),
                address: app,
                resources: kind.resources(),
                environment: Vec::new(),
            };
            let sidecar = Box::new(RealSidecar::start(&backbone, behind));
            Carrier::Behind { sidecar, backbone }
        })
    }

    pub(crate) fn url(&self) -> String {
        match self {
            Carrier::Embedded { address, .. } => address::url(*address),
            Carrier::Behind { sidecar, .. } => sidecar.url(),
        }
    }

    /// Begins to deliver to the app, if there is one, which answers by now.
    pub(crate) async fn meet(
        &mut self,
        programs: &Programs,
        app: Option<SocketAddr>,
        data: &DataFolder,
    ) -> Result<()> {
        match self {
            Carrier::Embedded { address, process } => {
                let command = embedded(programs, *address, app, data);
                let mut running = Running::start("sidecar", command, &data.sidecar_log());
                running.answers(&address.to_string()).await?;
                *process = Some(running);
            }
            Carrier::Behind { sidecar, .. } if app.is_some() => {
                block_in_place(|| sidecar.meet());
            }
            Carrier::Behind { .. } => {}
        }
        Ok(())
    }

    /// Its own; the others of a run are added.
    pub(crate) fn processes(&self) -> Processes {
        match self {
            Carrier::Embedded { process, .. } => {
                Processes { sidecar: process.as_ref().map(Running::id), ..Processes::default() }
            }
            Carrier::Behind { sidecar, backbone } => Processes {
                sidecar: Some(sidecar.id()),
                scheduler: Some(backbone.scheduler().id()),
                broker: Some(backbone.broker().id()),
                ..Processes::default()
            },
        }
    }

    /// How far the events of an app at `url` have come. Where no log can be read beside the
    /// sidecar, the app says what it has published and what it has yet to publish.
    pub(crate) fn progress(&self, data: &DataFolder, app_id: &str, url: &str) -> Progress {
        match self {
            Carrier::Embedded { .. } => Topics::progress(data, app_id),
            Carrier::Behind { .. } => block_in_place(|| {
                let client = test_support::Client::at(url.to_owned());
                let figures = client.get("/metrics").expect(200).text();
                Progress {
                    published: figure(&figures, "taskmaster_events_published_total"),
                    undelivered: figure(&figures, "taskmaster_outbox_pending"),
                }
            }),
        }
    }

    /// Where the events lie: the sidecar's log, or the broker's topics by its own tools.
    pub(crate) fn count(&self, data: &DataFolder, topic: Topic) -> Counted {
        block_in_place(|| match self {
            Carrier::Embedded { .. } => {
                let Tally { records, events, .. } = Topics::tally(data, topic);
                Counted { records, events }
            }
            Carrier::Behind { backbone, .. } => {
                let topics = backbone.topics();
                let records = topics.on(topic.as_str());
                let ids: Vec<_> =
                    records.map(|record| record.event["id"].as_str().unwrap_or_default()).collect();
                let distinct: BTreeSet<_> = ids.iter().collect();
                Counted { records: ids.len() as i64, events: distinct.len() as i64 }
            }
        })
    }

    /// What the broker says it is; `None` for the embedded one.
    pub(crate) fn version(&self) -> Option<String> {
        match self {
            Carrier::Embedded { .. } => None,
            Carrier::Behind { sidecar, backbone } => Some(block_in_place(|| {
                format!("daprd {} and {}", sidecar.version(), backbone.broker_version())
            })),
        }
    }
}

/// A line of the app's figures: a name and a value. One that is missing is 0.
fn figure(figures: &str, name: &str) -> i64 {
    let lines = figures.lines().filter_map(|line| line.split_once(' '));
    let values = lines.filter(|(known, _)| *known == name).map(|(_, value)| value.parse());
    values.flatten().next().unwrap_or_default()
}

fn embedded(
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_figure_is_found_by_its_whole_name() {
        let figures = "# TYPE a_total counter\na_total 7\na 3\n";
        assert_eq!(figure(figures, "a"), 3);
        assert_eq!(figure(figures, "a_total"), 7);
        assert_eq!(figure(figures, "b"), 0);
    }
}
