//! Connections to PostgreSQL: a pool, each with its statements prepared once.

mod outbox;
mod tasks;

use anyhow::{Context, Result};
use deadpool_postgres::{Manager, ManagerConfig, Object, Pool, RecyclingMethod};
use tokio_postgres::NoTls;

pub(crate) use outbox::{gauges, mark, pending};
pub(crate) use tasks::{create, list, sign_up};

/// The app's own tables and indexes.
const TABLES: &str =
    include_str!("../../../../../crates/task-store/src/postgres/migrations/0001_tables.sql");

/// As many as the benchmark's connections keep busy, and one for the relay.
const POOL_SIZE: usize = 32;

pub(crate) struct Database {
    pool: Pool,
}

impl Database {
    /// On a database that is empty.
    pub(crate) async fn open(url: &str) -> Result<Self> {
        let config = url.parse().context("this is no address of a database")?;
        // Looking at a connection before each use would cost a round trip.
        let manager = ManagerConfig { recycling_method: RecyclingMethod::Fast };
        let manager = Manager::from_config(config, NoTls, manager);
        let pool = Pool::builder(manager).max_size(POOL_SIZE).build()?;
        let database = Database { pool };
        let tables = format!("BEGIN; CREATE SCHEMA taskmaster;\n{TABLES}\n; COMMIT");
        let client = database.client().await?;
        client.batch_execute(&tables).await.context("cannot make the tables")?;
        Ok(database)
    }

    async fn client(&self) -> Result<Object> {
        self.pool.get().await.context("no connection to PostgreSQL")
    }
}
