//! Runs statements on a database that nobody prepared: the schema is looked at when a statement
//! fails, because there is no start-up at which to do it and no state in which to remember it.

use crate::db::{Db, DbError, Rows, Value};
use crate::postgres::{self, failure::Failure};
use crate::refusal::Refusal;
use crate::sql::statement::{Dialect, Repeat, Statement};
use crate::sqlite;

/// How often a statement is run that lost against another one each time. Two that stand in each
/// other's way leave one winner, so this many tries see as many winners go by.
const TRIES_AGAINST_OTHERS: u32 = 6;

/// How often a statement is run that got no answer each time. A connection that ended may be handed
/// out once more before its pool has noticed; a third silence is more likely an outage.
const TRIES_WITHOUT_ANSWER: u32 = 3;

pub(super) struct Engine<D> {
    db: D,
    dialect: Dialect,
}

impl<D: Db> Engine<D> {
    pub(super) fn new(db: D, dialect: Dialect) -> Self {
        Engine { db, dialect }
    }

    pub(super) fn db(&self) -> &D {
        &self.db
    }

    pub(super) fn dialect(&self) -> Dialect {
        self.dialect
    }

    /// The version of the schema that this release was written for.
    pub(super) fn schema_version(&self) -> usize {
        match self.dialect {
            Dialect::Sqlite => sqlite::MIGRATIONS.len(),
            Dialect::Postgres => postgres::MIGRATIONS.len(),
        }
    }

    pub(super) async fn migrate(&self) -> Result<(), DbError> {
        match self.dialect {
            Dialect::Sqlite => {
                sqlite::migrate(&self.db).await.map(drop).map_err(sqlite::failure::classify)
            }
            Dialect::Postgres => postgres::migrate(&self.db).await.map(drop),
        }
    }

    pub(super) async fn run(
        &self,
        statement: Statement,
        params: &[Value],
    ) -> Result<Rows, DbError> {
        self.run_text(statement.text(self.dialect), statement.repeat, params).await
    }

    /// Puts words in for those that stand in braces.
    pub(super) async fn run_worded(
        &self,
        statement: Statement,
        words: &[(&str, &str)],
        params: &[Value],
    ) -> Result<Rows, DbError> {
        let text = statement.text(self.dialect).to_owned();
        let text = words.iter().fold(text, |text, (name, word)| text.replace(name, word));
        self.run_text(&text, statement.repeat, params).await
    }

    /// Runs a statement that only this engine's dialect has.
    pub(super) async fn run_text(
        &self,
        text: &str,
        repeat: Repeat,
        params: &[Value],
    ) -> Result<Rows, DbError> {
        match self.dialect {
            Dialect::Sqlite => self.run_on_sqlite(text, params).await,
            Dialect::Postgres => self.run_on_postgres(text, repeat, params).await,
        }
    }

    async fn run_on_sqlite(&self, text: &str, params: &[Value]) -> Result<Rows, DbError> {
        let run = async || self.db.run(text, params).await.map_err(sqlite::failure::classify);
        let failure = match run().await {
            Err(error @ DbError::Refused(_)) if Refusal::of(&error).is_none() => error,
            outcome => return outcome,
        };
        match sqlite::migrate(&self.db).await.map_err(sqlite::failure::classify)? {
            sqlite::Migration::Done => {}
            // Another connection may have migrated between the failure and the look.
            sqlite::Migration::NotNeeded if sqlite::failure::names_what_is_lacking(&failure) => {}
            sqlite::Migration::NotNeeded => return Err(failure),
        }
        run().await
    }

    async fn run_on_postgres(
        &self,
        text: &str,
        repeat: Repeat,
        params: &[Value],
    ) -> Result<Rows, DbError> {
        let (mut lost, mut silent, mut schema_known) = (1, 1, false);
        loop {
            let error = match self.db.run(text, params).await {
                Ok(rows) => return Ok(rows),
                Err(error) => error,
            };
            match postgres::failure::of(error) {
                Failure::LostAgainstOthers(_) if lost < TRIES_AGAINST_OTHERS => lost += 1,
                Failure::Unanswered(_)
                    if silent < TRIES_WITHOUT_ANSWER && repeat == Repeat::Harmless =>
                {
                    silent += 1;
                }
                Failure::SchemaLacks(_) if !schema_known => {
                    postgres::migrate(&self.db).await?;
                    schema_known = true;
                }
                failure => return Err(failure.into()),
            }
        }
    }
}
