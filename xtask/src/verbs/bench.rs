//! `bench`: builds what is measured, fully optimised, and hands over to the load generator.

use std::ffi::OsStr;
use std::process::Command;

use anyhow::Result;
use clap::{Args, Subcommand, ValueEnum};

use crate::cargo::{self, NativeProfile};
use crate::verbs::engines::Name;
use crate::verbs::engines::beside::Broker;
use crate::workspace::Workspace;
use crate::{app, natives, program, python, verbs};

/// Where the FastAPI peer is.
const FASTAPI: &str = "bench/peers/fastapi";
/// Its Python.
const FASTAPI_ENVIRONMENT: &str = "fastapi-peer";

/// Measure the app
#[derive(Args)]
pub(crate) struct Bench {
    #[command(subcommand)]
    what: What,
    /// Also write bench/RESULTS.md
    #[arg(long, global = true)]
    write: bool,
}

#[derive(Subcommand)]
enum What {
    /// List, create, create+publish and mixed works, beside a native twin, and on PostgreSQL beside
    /// FastAPI too
    Core {
        /// Where tasks are kept
        #[arg(long, value_enum, default_value_t = Database::Sqlite)]
        database: Database,
        /// Seconds of each measurement
        #[arg(long, value_name = "SECONDS", default_value_t = 12)]
        seconds: u64,
        /// Only this side: app, twin or fastapi; repeatable
        #[arg(long, value_name = "SIDE")]
        only: Vec<String>,
    },
    /// Events at a steady rate, from the request to the next occurrence, all counted
    EndToEnd {
        /// Where tasks are kept
        #[arg(long, value_enum, default_value_t = Database::Postgres)]
        database: Database,
        /// What carries the events
        #[arg(long, value_enum, default_value_t = Broker::Embedded)]
        broker: Broker,
        /// Events a second
        #[arg(long, value_name = "EVENTS", default_value_t = 1_000)]
        rate: u32,
        #[arg(long, value_name = "SECONDS", default_value_t = 120)]
        seconds: u64,
    },
    /// Publishing alone, one by one and in bulk, to Dapr before a broker and to the embedded
    /// sidecar
    Publish {
        /// What is measured beside the embedded sidecar
        #[arg(long, value_enum, default_value_t = Broker::Kafka)]
        broker: Broker,
        /// Events a second of the steady runs
        #[arg(long, value_name = "EVENTS", default_value_t = 1_000)]
        rate: u32,
        /// Seconds of each steady run
        #[arg(long, value_name = "SECONDS", default_value_t = 120)]
        seconds: u64,
    },
    /// The next occurrence of rules anchored long ago and recently
    Recurrence,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Database {
    Sqlite,
    Postgres,
}

impl Bench {
    pub(crate) fn run(&self, workspace: &Workspace) -> Result<()> {
        let mut command = match &self.what {
            What::Core { database, seconds, only } => {
                let mut command = load(workspace, "core", &["-p", "twin"])?;
                command.args(["--database", database.name(), "--seconds", &seconds.to_string()]);
                command.args(only.iter().flat_map(|side| ["--only", side]));
                if *database == Database::Postgres {
                    with_fastapi(&mut command, workspace)?;
                }
                command
            }
            What::EndToEnd { database, broker, rate, seconds } => {
                let mut command = through(workspace, "end-to-end", *broker)?;
                command.args(["--database", database.name()]);
                command.args(["--rate", &rate.to_string(), "--seconds", &seconds.to_string()]);
                command
            }
            What::Publish { broker, rate, seconds } => {
                let mut command = through(workspace, "publish", *broker)?;
                command.args(["--rate", &rate.to_string(), "--seconds", &seconds.to_string()]);
                command
            }
            What::Recurrence => {
                let artifacts = build(workspace, &[])?;
                let mut command = Command::new(cargo::executable(&artifacts, "load")?);
                command.arg("recurrence");
                command
            }
        };
        if self.write {
            command.arg("--write").arg(workspace.path("bench/RESULTS.md"));
        }
        program::become_program(&mut command)
    }
}

impl Database {
    fn name(self) -> &'static str {
        match self {
            Database::Sqlite => "sqlite",
            Database::Postgres => "postgres",
        }
    }
}

/// The load generator with all that it starts; what else it needs is built with it.
fn load(workspace: &Workspace, scenario: &str, packages: &[&str]) -> Result<Command> {
    verbs::build::components(workspace)?;
    // Apart from the rest: they share their build with `up --release-native`.
    let host = natives::host(workspace, NativeProfile::Native)?;
    let artifacts = build(workspace, packages)?;
    let mut command = Command::new(cargo::executable(&artifacts, "load")?);
    command.arg(scenario);
    let mut option = |name: &str, value: &OsStr| {
        command.arg(name).arg(value);
    };
    option("--sidecar", host.with_file_name(natives::SIDECAR).as_os_str());
    option("--host", host.as_os_str());
    option("--from", workspace.path("spin.toml").as_os_str());
    option("--dapr-resources", workspace.path(app::DAPR_RESOURCES).as_os_str());
    option("--dapr-config", workspace.path(app::DAPR_CONFIG).as_os_str());
    option("--dapr-app-id", OsStr::new(app::APP_ID));
    if packages.contains(&"twin") {
        option("--twin", cargo::executable(&artifacts, "twin")?.as_os_str());
    }
    Ok(command)
}

/// The load generator with a broker, which is there when it starts.
fn through(workspace: &Workspace, scenario: &str, broker: Broker) -> Result<Command> {
    if let Some(name) = broker.engine() {
        verbs::engines::build(workspace, &[Name::Daprd, Name::Scheduler, name])?;
    }
    let mut command = load(workspace, scenario, &[])?;
    command.args(["--broker", broker.engine().map_or("embedded", Name::as_str)]);
    Ok(command)
}

fn with_fastapi(command: &mut Command, workspace: &Workspace) -> Result<()> {
    let folder = workspace.path(FASTAPI);
    let libraries = python::requirements(&folder.join("requirements.txt"))?;
    let python = python::environment(FASTAPI_ENVIRONMENT, &libraries)?;
    command.arg("--python").arg(python).arg("--fastapi").arg(folder);
    Ok(())
}

fn build(workspace: &Workspace, packages: &[&str]) -> Result<Vec<cargo::Artifact>> {
    eprintln!("Building what measures.");
    let target = ["-p", "load", "--bins", "--profile", NativeProfile::Native.name()];
    cargo::build(workspace, &[packages, &target].concat())
}
