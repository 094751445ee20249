//! A native SQLite connection behind the store's port, as a host gives one to a guest. Knows
//! statements and values, no tables.

use std::path::Path;
use std::sync::{Mutex, PoisonError};

use rusqlite::types::{Value as SqlValue, ValueRef};
use rusqlite::{Connection, ErrorCode, Statement, params_from_iter};
use task_store::{Db, DbError, Rows, Value};

/// More than the store has, so that a measurement never measures the parser.
const CACHED_STATEMENTS: usize = 128;

pub struct SqliteDb {
    connection: Mutex<Connection>,
}

impl SqliteDb {
    /// Opens or creates a database file, as a host does: without preparing anything in it.
    pub fn open(path: &Path) -> Result<Self, DbError> {
        Connection::open(path).map(Self::over).map_err(db_error)
    }

    /// A database that nobody else sees, and that is gone with the connection.
    pub fn open_in_memory() -> Result<Self, DbError> {
        Connection::open_in_memory().map(Self::over).map_err(db_error)
    }

    /// The connection itself, for what a test must do beside the store.
    pub fn with<T>(&self, work: impl FnOnce(&Connection) -> T) -> T {
        work(&self.connection.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn over(connection: Connection) -> Self {
        connection.set_prepared_statement_cache_capacity(CACHED_STATEMENTS);
        SqliteDb { connection: Mutex::new(connection) }
    }
}

impl Db for SqliteDb {
    async fn run(&self, statement: &str, params: &[Value]) -> Result<Rows, DbError> {
        self.with(|connection| {
            let mut prepared = connection.prepare_cached(statement).map_err(db_error)?;
            rows(&mut prepared, params).map_err(db_error)
        })
    }
}

fn rows(statement: &mut Statement<'_>, params: &[Value]) -> rusqlite::Result<Rows> {
    let columns: Vec<String> = statement.column_names().map(str::to_owned).collect();
    let width = columns.len();
    let mut found = statement.query(params_from_iter(params.iter().map(parameter)))?;
    let mut rows = Vec::new();
    while let Some(row) = found.next()? {
        let values = (0..width).map(|column| row.get_ref(column).map(value));
        rows.push(values.collect::<rusqlite::Result<Vec<Value>>>()?);
    }
    Ok(Rows { columns, rows })
}

fn parameter(value: &Value) -> SqlValue {
    match value {
        Value::Null => SqlValue::Null,
        Value::Integer(integer) => SqlValue::Integer(*integer),
        Value::Real(real) => SqlValue::Real(*real),
        Value::Text(text) => SqlValue::Text(text.clone()),
        Value::Blob(blob) => SqlValue::Blob(blob.clone()),
    }
}

fn value(value: ValueRef<'_>) -> Value {
    match value {
        ValueRef::Null => Value::Null,
        ValueRef::Integer(integer) => Value::Integer(integer),
        ValueRef::Real(real) => Value::Real(real),
        ValueRef::Text(text) => Value::Text(String::from_utf8_lossy(text).into_owned()),
        ValueRef::Blob(blob) => Value::Blob(blob.to_vec()),
    }
}

fn db_error(error: rusqlite::Error) -> DbError {
    let text = error.to_string();
    match error.sqlite_error_code() {
        Some(
            ErrorCode::DatabaseBusy
            | ErrorCode::DatabaseLocked
            | ErrorCode::CannotOpen
            | ErrorCode::DiskFull
            | ErrorCode::SystemIoFailure,
        ) => DbError::Unavailable(text),
        _ => DbError::Refused(text),
    }
}
