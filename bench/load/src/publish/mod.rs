//! Publishing alone, without the app: one event in each request, or many, to Dapr's own sidecar
//! before a broker and to the embedded one.

mod events;
mod report;

use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use clap::Args;
use futures::future::try_join_all;
use task_contracts::names::Topic;
use test_support::{DataFolder, address};

use self::events::{Events, Form};
use self::report::{Report, Steady};
use crate::client::Client;
use crate::figures::Measured;
use crate::measure::Pace;
use crate::setup::{Broker, Carrier, Counted, Programs};
use crate::{machine, measure, results};

/// Of each measurement that goes as fast as it is answered.
const SPAN: Duration = Duration::from_secs(10);
/// Of what is measured so, nothing is counted.
const UNCOUNTED: &str = "publish-bench";
/// Keep-alive connections of the steady runs: as many as hide what one request takes.
const STEADY_CONNECTIONS: [(Form, usize, Topic); 2] =
    [(Form::Bulk, 4, Topic::TaskUpdates), (Form::Plain, 16, Topic::TaskEvents)];

/// Publish events one by one and in bulk, without the app
#[derive(Args)]
pub(crate) struct Publish {
    #[command(flatten)]
    programs: Programs,
    /// What is measured beside the embedded sidecar
    #[arg(long, value_enum, default_value_t = Broker::Kafka)]
    broker: Broker,
    /// Events a second of the steady runs
    #[arg(long, default_value_t = 1_000)]
    rate: u32,
    /// Seconds of each steady run
    #[arg(long, default_value_t = 120)]
    seconds: u64,
    /// Also write the report into this Markdown file
    #[arg(long)]
    write: Option<PathBuf>,
}

/// How events are published.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Way {
    form: Form,
    connections: usize,
}

const WAYS: [Way; 3] = [
    Way { form: Form::Plain, connections: 16 },
    Way { form: Form::Bulk, connections: 1 },
    Way { form: Form::Bulk, connections: 4 },
];

/// A sidecar that takes events, and those who publish to it.
struct Stage {
    broker: Broker,
    carrier: Carrier,
    data: DataFolder,
}

impl Publish {
    #[tokio::main]
    pub(crate) async fn run(self) -> Result<()> {
        let mut report = Report::new(machine::describe(), self.broker, self.rate, self.seconds);
        let others = (self.broker != Broker::Embedded).then_some(Broker::Embedded);
        for broker in [Some(self.broker), others].into_iter().flatten() {
            let stage = Stage::set(broker, &self.programs).await?;
            for way in WAYS {
                println!("{}: {}.", broker.name(), way.describe());
                let (measured, _) =
                    stage.publish(way, Pace::AsFastAsAnswered, SPAN, UNCOUNTED).await?;
                report.add(broker, way, measured);
            }
            if broker == self.broker {
                report.carried_by = stage.carrier.version();
                for (form, connections, topic) in STEADY_CONNECTIONS {
                    let way = Way { form, connections };
                    report.steady.push(self.steady(&stage, way, topic).await?);
                }
            }
        }
        println!("\n{}", report.table());
        if let Some(file) = &self.write {
            results::write(file, &report.heading(), &report.section())?;
        }
        ensure!(report.steady.iter().all(Steady::is_whole), "records are missing or too many");
        Ok(())
    }

    /// At the asked rate, and everything counted in the end.
    async fn steady(&self, stage: &Stage, way: Way, topic: Topic) -> Result<Steady> {
        println!("{} events a second for {} s, {}.", self.rate, self.seconds, way.describe());
        let per_request = u32::try_from(way.form.events())?;
        let pace = Pace::PerSecond(self.rate.div_ceil(per_request));
        let span = Duration::from_secs(self.seconds);
        stage.begin(topic.as_str()).await?;
        let before = stage.carrier.count(&stage.data, topic);
        let (measured, acknowledged) = stage.publish(way, pace, span, topic.as_str()).await?;
        let after = stage.carrier.count(&stage.data, topic);
        let counted = Counted {
            records: after.records - before.records,
            events: after.events - before.events,
        };
        Ok(Steady { way, measured, acknowledged: i64::try_from(acknowledged)?, counted })
    }
}

impl Way {
    fn describe(self) -> String {
        let Way { form, connections } = self;
        match form {
            Form::Plain => format!("{} on {connections} connections", form.name()),
            Form::Bulk => format!("{} of {} on {connections}", form.name(), form.events()),
        }
    }
}

impl Stage {
    async fn set(broker: Broker, programs: &Programs) -> Result<Self> {
        let data = DataFolder::new();
        // Nobody listens there: nothing is delivered while it is measured what can be taken.
        let mut carrier = Carrier::new(broker.kind(), programs, address::reserve());
        carrier.meet(programs, None, &data).await?;
        let stage = Stage { broker, carrier, data };
        stage.begin(UNCOUNTED).await?;
        Ok(stage)
    }

    async fn begin(&self, topic: &str) -> Result<()> {
        let mut client = Client::connect(&self.authority()?).await?;
        let mut first = Events::of("first", Form::Plain, &self.carrier.url(), topic)?;
        first.begin(&mut client).await
    }

    /// What it took, and how many events were acknowledged, those of the warm-up included.
    async fn publish(
        &self,
        way: Way,
        pace: Pace,
        span: Duration,
        topic: &str,
    ) -> Result<(Measured, usize)> {
        let authority = self.authority()?;
        let connect = || Client::connect(&authority);
        let mut clients = try_join_all((0..way.connections).map(|_| connect())).await?;
        let url = self.carrier.url();
        let events = (0..way.connections).map(|number| {
            let name = format!("{}-{}-{number}", way.form.name(), way.connections);
            Events::of(&name, way.form, &url, topic)
        });
        let mut events = events.collect::<Result<Vec<_>>>()?;
        let processes = self.carrier.processes();
        let measured = measure::run(&mut clients, &mut events, pace, span, &processes).await;
        let measured = measured.with_context(|| format!("publishing to {}", self.broker.name()))?;
        Ok((measured, events.iter().map(|events| events.acknowledged).sum()))
    }

    fn authority(&self) -> Result<String> {
        let url = self.carrier.url();
        url.strip_prefix("http://").map(str::to_owned).context("a sidecar without HTTP")
    }
}
