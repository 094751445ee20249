//! A durable log in a file of its own: what is appended is on disk before anything is marked.

use std::path::Path;

use anyhow::{Context, Result};
use rusqlite::{Connection, params};
use uuid::Uuid;

use crate::database;

pub(crate) struct Log {
    connection: Connection,
}

/// An event on its way to one topic.
pub(crate) struct Record {
    pub(crate) topic: &'static str,
    pub(crate) user: String,
    pub(crate) body: String,
}

impl Log {
    pub(crate) fn open(file: &Path) -> Result<Self> {
        let connection = database::connect(file)?;
        connection
            .execute_batch(
                "CREATE TABLE IF NOT EXISTS records (
                   place INTEGER PRIMARY KEY, topic TEXT NOT NULL, partition INTEGER NOT NULL,
                   user_id TEXT NOT NULL, body TEXT NOT NULL) STRICT;
                 CREATE INDEX IF NOT EXISTS records_by_topic ON records (topic, partition, place)",
            )
            .context("cannot make the log")?;
        Ok(Log { connection })
    }

    /// One synchronised transaction for the batch.
    pub(crate) fn append(&mut self, records: &[Record]) -> Result<()> {
        /// As many as the app's sidecar spreads a topic over.
        const PARTITIONS: u128 = 16;
        let transaction = self.connection.transaction()?;
        {
            let sql = "INSERT INTO records (topic, partition, user_id, body)
                       VALUES (?1, ?2, ?3, ?4)";
            let mut statement = transaction.prepare_cached(sql)?;
            for Record { topic, user, body } in records {
                let key = Uuid::parse_str(user).unwrap_or_default().as_u128();
                let partition = (key % PARTITIONS) as i64;
                statement.execute(params![topic, partition, user, body])?;
            }
        }
        transaction.commit().context("cannot commit to the log")
    }
}
