//! The two databases behind one face, and the rules that both enforce.
//!
//! It must not know HTTP or the sidecar.

mod postgres;
mod sqlite;

use std::path::Path;
use std::sync::Arc;

use anyhow::Result;
use chrono::{DateTime, Utc};
use uuid::Uuid;

use crate::task::{CreateOutcome, Draft, Page};

/// Thousandths of a token that a full bucket holds, that one millisecond brings back, and that one
/// write takes.
const RATE_FULL: i64 = 2_000_000;
const RATE_REFILL_PER_MS: i64 = 500;
const RATE_COST: i64 = 1_000;

#[derive(Clone)]
pub(crate) enum Store {
    Sqlite(Arc<sqlite::Database>),
    Postgres(Arc<postgres::Database>),
}

/// A committed event that has still to be published.
pub(crate) struct Pending {
    pub(crate) position: i64,
    pub(crate) user: String,
    pub(crate) body: String,
}

/// How full the outbox is, and how many (event, topic) pairs have left it.
#[derive(Debug, PartialEq)]
pub(crate) struct Gauges {
    pub(crate) pending: i64,
    pub(crate) published: i64,
}

impl Store {
    pub(crate) fn sqlite(file: &Path) -> Result<Self> {
        Ok(Store::Sqlite(Arc::new(sqlite::Database::open(file)?)))
    }

    pub(crate) async fn postgres(url: &str) -> Result<Self> {
        Ok(Store::Postgres(Arc::new(postgres::Database::open(url).await?)))
    }

    pub(crate) async fn sign_up(
        &self,
        user: Uuid,
        email: String,
        now: DateTime<Utc>,
    ) -> Result<()> {
        match self {
            Store::Sqlite(database) => {
                database.write(move |writer| sqlite::sign_up(writer, user, &email, now)).await
            }
            Store::Postgres(database) => postgres::sign_up(database, user, &email, now).await,
        }
    }

    /// One transaction: counters and bucket, the task with its reminder, its event, and the record
    /// that makes a repeat harmless.
    pub(crate) async fn create(
        &self,
        user: Uuid,
        draft: Draft,
        now: DateTime<Utc>,
    ) -> Result<CreateOutcome> {
        match self {
            Store::Sqlite(database) => {
                database.write(move |writer| sqlite::create(writer, user, &draft, now)).await
            }
            Store::Postgres(database) => postgres::create(database, user, &draft, now).await,
        }
    }

    /// The first page in order of creation; `None` for nobody's.
    pub(crate) async fn list(&self, user: Uuid, limit: u32) -> Result<Option<Page>> {
        match self {
            Store::Sqlite(database) => {
                database.read(move |reader| sqlite::list(reader, user, limit)).await
            }
            Store::Postgres(database) => postgres::list(database, user, limit).await,
        }
    }

    /// The earliest events that are pending.
    pub(crate) async fn pending(&self, limit: i64) -> Result<Vec<Pending>> {
        match self {
            Store::Sqlite(database) => {
                database.read(move |reader| sqlite::pending(reader, limit)).await
            }
            Store::Postgres(database) => postgres::pending(database, limit).await,
        }
    }

    /// Notes that these events have reached all of `topics` topics.
    pub(crate) async fn mark(&self, positions: Vec<i64>, topics: usize) -> Result<()> {
        match self {
            Store::Sqlite(database) => {
                database.write(move |writer| sqlite::mark(writer, &positions, topics)).await
            }
            Store::Postgres(database) => postgres::mark(database, &positions, topics).await,
        }
    }

    pub(crate) async fn gauges(&self) -> Result<Gauges> {
        match self {
            Store::Sqlite(database) => database.read(sqlite::gauges).await,
            Store::Postgres(database) => postgres::gauges(database).await,
        }
    }
}
