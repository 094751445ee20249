//! What `spin:sqlite/sqlite.connection` is on this side, and its calls.

use std::sync::Arc;

use wasmtime::component::Resource;

use super::database::Database;
use super::session::{Ran, Session};
use super::statement::Statement;
use crate::guest::GuestState;
use crate::guest::bindings::spin::sqlite::sqlite::{
    Error, Host, HostConnection, QueryResult, Value,
};
use crate::host_calls::HostCallKind;

/// Connections one guest may hold at once, as in Spin.
const MAX_CONNECTIONS_PER_GUEST: usize = 256;

/// SQLite's own words for a writer that waited too long.
const LOCKED: &str = "database is locked";

/// A connection in a guest's hands.
#[expect(unreachable_pub, reason = "the generated bindings re-export it as public")]
pub struct GuestConnection {
    session: Option<Session>,
    database: Arc<Database>,
}

impl GuestConnection {
    async fn run(&mut self, mut statement: Statement) -> Result<QueryResult, Error> {
        let new = || Session::new(Arc::clone(&self.database));
        let mut session = self.session.take().unwrap_or_else(new);
        let mut wait_first = statement.looks_like_a_write();
        loop {
            if wait_first && !session.has_turn() {
                match self.database.write_turn().await {
                    Ok(turn) => session.take_turn(turn),
                    Err(_timed_out) => {
                        self.session = Some(session);
                        return Err(Error::Io(LOCKED.to_owned()));
                    }
                }
            }
            // Should the guest be gone before the statement ends, the session is dropped there,
            // and rolls back.
            let (back, ran) = tokio::task::spawn_blocking(move || {
                let ran = session.run(statement);
                (session, ran)
            })
            .await
            .map_err(|error| Error::Io(format!("the statement was lost: {error}")))?;
            match ran {
                Ran::Done(outcome) => {
                    self.session = Some(back);
                    return outcome.map_err(Error::Io);
                }
                Ran::NeedsTurn(again) => {
                    (session, statement, wait_first) = (back, again, true);
                }
            }
        }
    }
}

impl Host for GuestState {}

impl HostConnection for GuestState {
    async fn open(
        &mut self,
        database: String,
    ) -> wasmtime::Result<Result<Resource<GuestConnection>, Error>> {
        let Some(granted) = self.component.databases.get(&database) else {
            return Ok(Err(Error::AccessDenied));
        };
        if self.open_connections >= MAX_CONNECTIONS_PER_GUEST {
            return Ok(Err(Error::Io("too many open connections".to_owned())));
        }
        let connection = GuestConnection { session: None, database: Arc::clone(granted) };
        self.open_connections += 1;
        Ok(Ok(self.table.push(connection)?))
    }

    async fn execute(
        &mut self,
        connection: Resource<GuestConnection>,
        sql: String,
        parameters: Vec<Value>,
    ) -> wasmtime::Result<Result<QueryResult, Error>> {
        let call = self.calls.begin(HostCallKind::Sql, &self.component.id, &sql);
        let connection = self.table.get_mut(&connection)?;
        let outcome = connection.run(Statement { sql, parameters }).await;
        call.finish();
        Ok(outcome)
    }

    async fn last_insert_rowid(
        &mut self,
        connection: Resource<GuestConnection>,
    ) -> wasmtime::Result<i64> {
        let connection = self.table.get(&connection)?;
        Ok(connection.session.as_ref().map_or(0, Session::last_insert_rowid))
    }

    async fn changes(&mut self, connection: Resource<GuestConnection>) -> wasmtime::Result<u64> {
        let connection = self.table.get(&connection)?;
        Ok(connection.session.as_ref().map_or(0, Session::changes))
    }

    async fn drop(&mut self, connection: Resource<GuestConnection>) -> wasmtime::Result<()> {
        self.table.delete(connection)?;
        self.open_connections -= 1;
        Ok(())
    }
}
