//! `engines`: brokers and Dapr itself, built or installed once, and kept running beside the app.

pub(crate) mod beside;
mod build;
mod kept;
mod maven;
mod module;

use std::path::PathBuf;

use anyhow::{Result, bail};
use clap::{Args, ValueEnum};
use real_engines::{DaprVersion, Engine, Kafka, Place, PostgreSql, RabbitMq, Redis, Scheduler};

pub(crate) use self::build::all as build;
use self::kept::{Kept, State};
use crate::workspace::Workspace;

/// Build, start, stop and show the real engines: Dapr, Kafka, Redis, RabbitMQ, PostgreSQL
#[derive(Args)]
pub(crate) struct Engines {
    #[arg(value_enum)]
    action: Action,
    /// Which ones [default: all of them]
    #[arg(value_enum)]
    names: Vec<Name>,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Action {
    /// Build or install what is missing; the first time takes minutes
    Build,
    /// Start in the background, on free ports, with data folders of their own
    Start,
    /// End what was started
    Stop,
    /// What runs, and where
    Status,
}

/// An engine as it is called on the command line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Name {
    Daprd,
    /// The oldest release that the app is tried with
    #[value(name = "daprd-1.16")]
    DaprdOldest,
    Scheduler,
    Kafka,
    Redis,
    Rabbitmq,
    Postgres,
}

impl Engines {
    pub(crate) fn run(&self, workspace: &Workspace) -> Result<()> {
        let all = Name::value_variants();
        let names = if self.names.is_empty() { all } else { &self.names };
        match self.action {
            Action::Build => build(workspace, names),
            Action::Start => self.start(workspace, names),
            Action::Stop => names.iter().rev().try_for_each(|name| name.stop(workspace)),
            Action::Status => names.iter().try_for_each(|name| name.show(workspace)),
        }
    }

    fn start(&self, workspace: &Workspace, names: &[Name]) -> Result<()> {
        for name in names {
            match name {
                // Each belongs to one app, which is started with it.
                Name::Daprd | Name::DaprdOldest if self.names.is_empty() => {}
                Name::Daprd | Name::DaprdOldest => {
                    bail!("a sidecar is started with its app: `cargo xtask up --broker kafka`")
                }
                _ => drop(name.start(workspace)?),
            }
        }
        Ok(())
    }
}

impl Name {
    /// The folder's name, and what people read.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Name::Daprd => real_engines::Daprd::NAME,
            Name::DaprdOldest => "daprd-1.16",
            Name::Scheduler => Scheduler::NAME,
            Name::Kafka => Kafka::NAME,
            Name::Redis => Redis::NAME,
            Name::Rabbitmq => RabbitMq::NAME,
            Name::Postgres => PostgreSql::NAME,
        }
    }

    /// Builds what is missing and starts it, unless it runs.
    pub(crate) fn start(self, workspace: &Workspace) -> Result<Box<dyn Engine>> {
        build(workspace, &[self])?;
        let kept = Kept::of(workspace, self.as_str());
        let engine = self.engine(&kept)?;
        kept.start(engine.as_ref())?;
        Ok(engine)
    }

    /// Builds it if it is missing. Returns the program.
    pub(crate) fn built(self, workspace: &Workspace) -> Result<PathBuf> {
        build::all(workspace, &[self])?;
        build::program(self)
    }

    pub(crate) fn stop(self, workspace: &Workspace) -> Result<()> {
        let kept = Kept::of(workspace, self.as_str());
        if kept.stop()? == State::Running {
            eprintln!("{} has ended.", self.as_str());
        }
        match self {
            // What is no process of its own needs no engine to clean up behind it.
            Name::Daprd | Name::DaprdOldest => {}
            _ if !kept.folder().exists() => {}
            _ => self.engine(&kept)?.clean_up(),
        }
        Ok(())
    }

    #[expect(clippy::unnecessary_wraps, reason = "it stands among actions that can fail")]
    fn show(self, workspace: &Workspace) -> Result<()> {
        let kept = Kept::of(workspace, self.as_str());
        let state = match kept.state() {
            State::Running => {
                let addresses = kept.addresses().unwrap_or_default();
                let first = addresses.first().map(ToString::to_string).unwrap_or_default();
                format!("runs at {first}, logs to {}", kept.log().display())
            }
            State::Ended => "does not run".to_owned(),
        };
        let built = match build::program(self) {
            Ok(program) => program.display().to_string(),
            Err(error) => error.to_string(),
        };
        println!("{:<12}{state}\n{:<12}{built}", self.as_str(), "");
        Ok(())
    }

    fn engine(self, kept: &Kept) -> Result<Box<dyn Engine>> {
        let place = |usual: u16, count: usize| -> Result<Place> { kept.place(usual, count) };
        Ok(match self {
            Name::Kafka => Box::new(Kafka::at(place(Kafka::USUAL_PORT, Kafka::ADDRESSES)?)),
            Name::Redis => Box::new(Redis::at(place(Redis::USUAL_PORT, Redis::ADDRESSES)?)),
            Name::Rabbitmq => {
                Box::new(RabbitMq::at(place(RabbitMq::USUAL_PORT, RabbitMq::ADDRESSES)?))
            }
            Name::Postgres => {
                Box::new(PostgreSql::at(place(PostgreSql::USUAL_PORT, PostgreSql::ADDRESSES)?))
            }
            Name::Scheduler => {
                let place = place(Scheduler::USUAL_PORT, Scheduler::ADDRESSES)?;
                Box::new(Scheduler::at(place, DaprVersion::Newest))
            }
            Name::Daprd | Name::DaprdOldest => bail!("a sidecar is started with its app"),
        })
    }
}
