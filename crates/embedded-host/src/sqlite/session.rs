//! One guest's use of one connection: from its first statement to its drop.

use std::sync::Arc;

use rusqlite::Connection;
use tokio::runtime::Handle;

use super::database::Database;
use super::statement::{self, Outcome, Statement};
use super::write_queue::WriteTurn;

pub(crate) struct Session {
    database: Arc<Database>,
    /// Opened by the first statement; gone only while it is used or dropped.
    connection: Option<Connection>,
    turn: Option<WriteTurn>,
    /// Whether a guest left something in the connection that a later one would notice.
    tainted: bool,
    /// A recycled connection remembers the changes of earlier guests.
    changes_before: u64,
}

/// What came of running a statement.
pub(super) enum Ran {
    Done(Outcome),
    /// It writes, and the session has no turn: queue for it and run again.
    NeedsTurn(Statement),
}

impl Session {
    pub(super) fn new(database: Arc<Database>) -> Self {
        Self { database, connection: None, turn: None, tainted: false, changes_before: 0 }
    }

    /// Runs one statement, unless it writes and the session has no turn. Blocks.
    pub(super) fn run(&mut self, statement: Statement) -> Ran {
        let connection = match self.connection.take().map_or_else(|| self.open(), Ok) {
            Ok(connection) => connection,
            Err(error) => return Ran::Done(Err(error.to_string())),
        };
        let ran = self.run_on(&connection, statement);
        self.connection = Some(connection);
        ran
    }

    /// Runs one statement of a session that has the turn. Blocks.
    pub(super) fn run_as_writer(&mut self, statement: Statement) -> Outcome {
        match self.run(statement) {
            Ran::Done(outcome) => outcome,
            Ran::NeedsTurn(_) => Err("the right to write was lost".to_owned()),
        }
    }

    fn run_on(&mut self, connection: &Connection, statement: Statement) -> Ran {
        let mut prepared = match connection.prepare_cached(&statement.sql) {
            Ok(prepared) => prepared,
            Err(error) => return Ran::Done(Err(error.to_string())),
        };
        if !prepared.readonly() && self.turn.is_none() {
            return Ran::NeedsTurn(statement);
        }
        self.tainted |= statement.leaves_connection_state();
        Ran::Done(statement::run(&mut prepared, statement.parameters))
    }

    fn open(&mut self) -> rusqlite::Result<Connection> {
        let connection = self.database.check_out()?;
        forget_last_insert_rowid(&connection);
        self.changes_before = connection.total_changes();
        Ok(connection)
    }

    pub(super) fn has_turn(&self) -> bool {
        self.turn.is_some()
    }

    pub(super) fn give_turn(&mut self, turn: WriteTurn) {
        self.turn = Some(turn);
    }

    /// The turn, unless a transaction still needs it: it lasts to the statement's end, or COMMIT.
    pub(super) fn take_turn_when_settled(&mut self) -> Option<WriteTurn> {
        if self.connection.as_ref().is_none_or(Connection::is_autocommit) {
            self.turn.take()
        } else {
            None
        }
    }

    /// Rows changed by this guest's latest insert, update or delete.
    pub(super) fn changes(&self) -> u64 {
        let changed = |connection: &&Connection| connection.total_changes() != self.changes_before;
        self.connection.as_ref().filter(changed).map_or(0, Connection::changes)
    }

    /// The rowid of this guest's latest insert.
    pub(super) fn last_insert_rowid(&self) -> i64 {
        self.connection.as_ref().map_or(0, Connection::last_insert_rowid)
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        let Some(connection) = self.connection.take() else { return };
        let (database, turn) = (Arc::clone(&self.database), self.turn.take());
        if !self.tainted && connection.is_autocommit() {
            database.recycle(connection);
            return;
        }
        let tainted = self.tainted;
        let clean_up = move || {
            let clean = connection.is_autocommit() || connection.execute_batch("ROLLBACK").is_ok();
            if clean && !tainted {
                database.recycle(connection);
            } else {
                database.close(connection);
            }
            // Last, so that the next writer never meets our locks.
            drop(turn);
        };
        // Rolling back and closing touch the disk. Outside a runtime there is nobody to stall.
        match Handle::try_current() {
            Ok(runtime) => drop(runtime.spawn_blocking(clean_up)),
            Err(_) => clean_up(),
        }
    }
}

#[expect(unsafe_code, reason = "rusqlite has no safe call for it")]
fn forget_last_insert_rowid(connection: &Connection) {
    // SAFETY: the handle is open and used by this thread only.
    unsafe { rusqlite::ffi::sqlite3_set_last_insert_rowid(connection.handle(), 0) }
}
