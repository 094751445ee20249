//! Kafka as one node that is broker and controller. A topic comes into being with its first reader
//! or writer.

use std::ffi::OsString;
use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::cache::{self, KAFKA_HOME};
use crate::engine::Engine;
use crate::place::Place;
use crate::probe;

pub const KAFKA_VERSION: &str = "4.1.0";

const USUAL_PORT: u16 = 9092;
/// Enough for consumers to share, few enough for one laptop.
const PARTITIONS: u32 = 3;
/// As long as anybody may want to read an event again.
const RETENTION_HOURS: u32 = 7 * 24;
/// One node needs no name that differs from run to run.
const CLUSTER_ID: &str = "dGFza21hc3Rlci1sb2NhbA";
/// For one node and a few topics; the default of a gigabyte is for servers.
const JVM: [&str; 4] = [
    "-Xmx384m",
    "-XX:+UseSerialGC",
    // Compiling everything to the last is not worth it for a broker that lives for minutes.
    "-XX:TieredStopAtLevel=1",
    "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn",
];

/// The request with which each client begins: which versions of which requests are there?
const GREETING: &[u8] = &[0, 0, 0, 10, 0, 18, 0, 0, 0, 0, 0, 1, 0xff, 0xff];

/// What the addresses are for.
const CLIENTS: usize = 0;
const CONTROLLER: usize = 1;

#[derive(Clone, Debug)]
pub struct Kafka {
    place: Place,
}

impl Kafka {
    pub const NAME: &str = "kafka";
    pub const ADDRESSES: usize = 2;
    pub const USUAL_PORT: u16 = USUAL_PORT;

    pub fn at(place: Place) -> Self {
        Kafka { place }
    }

    /// The folder of its jars.
    pub fn libraries() -> Result<PathBuf> {
        if let Some(home) = cache::named_by(KAFKA_HOME)? {
            return Ok(home.join("libs"));
        }
        let libraries = cache::folder_of(Self::NAME, KAFKA_VERSION)?.join("libs");
        cache::present(libraries, Self::NAME, KAFKA_HOME)
    }

    /// One of Kafka's own tools, such as `org.apache.kafka.tools.TopicCommand`.
    pub fn tool(class: &str) -> Result<Command> {
        let mut command = Command::new("java");
        let mut libraries: OsString = Self::libraries()?.into();
        libraries.push("/*");
        command.args(JVM).arg("-cp").arg(libraries).arg(class);
        Ok(command)
    }

    fn configuration(&self) -> String {
        let clients = self.place.address(CLIENTS);
        let controller = self.place.address(CONTROLLER);
        let data = self.place.file("data");
        format!(
            "process.roles=broker,controller\n\
             node.id=1\n\
             controller.quorum.voters=1@{controller}\n\
             controller.listener.names=CONTROLLER\n\
             listeners=PLAINTEXT://{clients},CONTROLLER://{controller}\n\
             advertised.listeners=PLAINTEXT://{clients}\n\
             log.dirs={}\n\
             num.partitions={PARTITIONS}\n\
             log.retention.hours={RETENTION_HOURS}\n\
             offsets.topic.num.partitions={PARTITIONS}\n\
             offsets.topic.replication.factor=1\n\
             transaction.state.log.replication.factor=1\n\
             transaction.state.log.min.isr=1\n\
             share.coordinator.state.topic.replication.factor=1\n\
             share.coordinator.state.topic.min.isr=1\n\
             group.initial.rebalance.delay.ms=0\n",
            data.display()
        )
    }
}

impl Engine for Kafka {
    fn name(&self) -> &'static str {
        Self::NAME
    }

    fn place(&self) -> &Place {
        &self.place
    }

    fn prepare(&self) -> Result<()> {
        let configuration = self.place.write("server.properties", &self.configuration())?;
        let mut format = Self::tool("kafka.tools.StorageTool")?;
        format.args(["format", "--ignore-formatted", "--cluster-id", CLUSTER_ID, "--config"]);
        run(format.arg(configuration))
    }

    fn command(&self) -> Result<Command> {
        let mut command = Self::tool("kafka.Kafka")?;
        command.arg(self.place.file("server.properties"));
        Ok(command)
    }

    fn is_ready(&self) -> bool {
        probe::answers(self.address(), GREETING)
    }

    fn environment(&self) -> Vec<(&'static str, String)> {
        vec![("TASKMASTER_KAFKA", self.address().to_string())]
    }
}

fn run(tool: &mut Command) -> Result<()> {
    let output = tool.output().context("cannot start java; Kafka needs a Java of 17 or later")?;
    if !output.status.success() {
        let said = [output.stdout, output.stderr].concat();
        bail!("{tool:?} ended with {}:\n{}", output.status, String::from_utf8_lossy(&said));
    }
    Ok(())
}
