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

/// Told to a guest whose statement never came back.
pub(super) const LOST: &str = "the statement was lost";

/// A connection in a guest's hands.
#[expect(unreachable_pub, reason = "the generated bindings re-export it as public")]
pub struct GuestConnection {
    session: Option<Session>,
    database: Arc<Database>,
}

impl GuestConnection {
    async fn run(&mut self, statement: Statement) -> Result<QueryResult, Error> {
        let new = || Session::new(Arc::clone(&self.database));
        let session = self.session.take().unwrap_or_else(new);
        let queue_first = statement.looks_like_a_write() && !session.has_turn();
        let (back, outcome) = if queue_first {
            self.database.writers.run(session, statement).await
        } else {
            match run_apart(session, statement).await {
                (Some(session), Ran::NeedsTurn(statement)) => {
                    self.database.writers.run(session, statement).await
                }
                (back, Ran::Done(outcome)) => (back, outcome),
                (None, Ran::NeedsTurn(_)) => (None, Err(LOST.to_owned())),
            }
        };
        self.session = back;
        outcome.map_err(Error::Io)
    }
}

/// Runs a statement off the async threads. Should the guest be gone before the statement ends, the
/// session is dropped there, and rolls back.
async fn run_apart(mut session: Session, statement: Statement) -> (Option<Session>, Ran) {
    let running = tokio::task::spawn_blocking(move || {
        let ran = session.run(statement);
        drop(session.take_turn_when_settled());
        (session, ran)
    });
    match running.await {
        Ok((session, ran)) => (Some(session), ran),
        Err(error) => {
            tracing::error!(%error, "a statement did not return");
            (None, Ran::Done(Err(LOST.to_owned())))
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
