//! Brings a PostgreSQL database up to this release, as a step of a deployment before the release
//! itself. Running it again changes nothing.
#![expect(clippy::print_stdout, reason = "it is a program for a terminal or a deployment's log")]

mod database;
mod origin;
mod platform;

use anyhow::{Context, Result};
use clap::Parser;
use task_store::postgres::{self, Migration};

use database::NativePostgres;

/// Prepare a PostgreSQL database for this release of TaskMaster
#[derive(Parser)]
#[command(name = "taskmaster-migrate", version)]
pub struct Migrate {
    /// Connection string of the schema's owner: postgres://USER:PASSWORD@HOST:PORT/DATABASE
    #[arg(long, value_name = "URL", env = "TASKMASTER_POSTGRES_URL", hide_env_values = true)]
    pub postgres_url: String,
    /// The role the application connects as: it gets its timeouts, and the right to use the schema
    #[arg(long, value_name = "ROLE")]
    pub app_role: Option<String>,
    /// Also bring the people and tasks of the first TaskMaster, from its tables in this schema
    #[arg(long, value_name = "SCHEMA", num_args = 0..=1, default_missing_value = "public")]
    pub from_origin: Option<String>,
}

impl Migrate {
    pub async fn run(&self) -> Result<()> {
        let database = NativePostgres::connect(&self.postgres_url).await?;
        migrate(&database).await?;
        if let Some(role) = &self.app_role {
            database.admit(role).await.with_context(|| format!("cannot prepare role {role}"))?;
            println!("Role {role}: timeouts set, schema granted.");
        }
        if let Some(schema) = &self.from_origin {
            let source = NativePostgres::connect(&self.postgres_url).await?;
            origin::bring(&source, schema, database).await?;
        }
        Ok(())
    }
}

async fn migrate(database: &NativePostgres) -> Result<()> {
    let to = postgres::MIGRATIONS.len();
    match postgres::migrate(database).await.context("the schema cannot be brought up to date")? {
        Migration::NotNeeded => println!("Schema taskmaster: version {to}, nothing to do."),
        Migration::Done { from } => println!("Schema taskmaster: version {from} is now {to}."),
    }
    Ok(())
}
