//! How each engine gets onto this machine: built from a module, fetched as jars, or as a package of
//! the system. What is there already is left as it is.

use std::path::PathBuf;

use anyhow::Result;
use real_engines::{DaprVersion, Daprd, Kafka, PostgreSql, RabbitMq, Redis, Scheduler};

use super::{Name, maven, module};
use crate::packages;
use crate::workspace::Workspace;

pub(crate) fn all(workspace: &Workspace, names: &[Name]) -> Result<()> {
    let is_missing = |name: Name| program(name).is_err();
    let missing = names.iter().filter(|name| is_missing(**name));
    let of_the_system: Vec<&str> = missing.filter_map(|name| package(*name)).collect();
    if !of_the_system.is_empty() {
        packages::install(&of_the_system)?;
    }
    if names.contains(&Name::Daprd) || names.contains(&Name::Scheduler) {
        module::build(workspace, DaprVersion::Newest)?;
    }
    if names.contains(&Name::DaprdOldest) {
        module::build(workspace, DaprVersion::Oldest)?;
    }
    if names.contains(&Name::Kafka) && is_missing(Name::Kafka) {
        maven::fetch_kafka()?;
    }
    // Whatever is still missing says how it is called, and what may be done instead.
    names.iter().try_for_each(|name| program(*name).map(drop))
}

/// What would be started.
pub(super) fn program(name: Name) -> Result<PathBuf> {
    match name {
        Name::Daprd => Daprd::program(DaprVersion::Newest),
        Name::DaprdOldest => Daprd::program(DaprVersion::Oldest),
        Name::Scheduler => Scheduler::program(DaprVersion::Newest),
        Name::Kafka => Kafka::libraries(),
        Name::Redis => Redis::program(),
        Name::Rabbitmq => RabbitMq::program(),
        Name::Postgres => PostgreSql::program(),
    }
}

fn package(name: Name) -> Option<&'static str> {
    match name {
        Name::Redis => Some("redis-server"),
        Name::Rabbitmq => Some("rabbitmq-server"),
        Name::Postgres => Some("postgresql"),
        Name::Daprd | Name::DaprdOldest | Name::Scheduler | Name::Kafka => None,
    }
}
