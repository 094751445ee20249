//! The database port on `spin:sqlite`.

use std::cell::RefCell;

use spin_sdk::sqlite3::{Connection, Error, Value as SpinValue};
use task_store::{Db, DbError, Rows, Value};

/// At most one connection for one request, opened by its first statement: many requests have none.
#[derive(Default)]
pub struct SpinSqlite {
    connection: RefCell<Option<Connection>>,
}

impl SpinSqlite {
    /// Gives the connection back; the next statement opens one again.
    pub(crate) fn close(&self) {
        drop(self.connection.take());
    }
}

impl Db for SpinSqlite {
    async fn run(&self, statement: &str, params: &[Value]) -> Result<Rows, DbError> {
        let params: Vec<SpinValue> = params.iter().map(to_spin).collect();
        let mut held = self.connection.borrow_mut();
        let connection = match &mut *held {
            Some(connection) => connection,
            none => none.insert(Connection::open_default().map_err(refused)?),
        };
        let result = connection.execute(statement, &params).map_err(refused)?;
        let rows =
            result.rows.into_iter().map(|row| row.values.into_iter().map(from_spin).collect());
        Ok(Rows { columns: result.columns, rows: rows.collect() })
    }
}

/// Spin gives every fault of SQLite as text; a lock that was not given is the one that passes.
fn refused(error: Error) -> DbError {
    match error {
        Error::Io(text) if text.contains("locked") || text.contains("busy") => {
            DbError::Unavailable(text)
        }
        Error::Io(text) => DbError::Refused(text),
        other => DbError::Unavailable(other.to_string()),
    }
}

fn to_spin(value: &Value) -> SpinValue {
    match value {
        Value::Null => SpinValue::Null,
        Value::Integer(integer) => SpinValue::Integer(*integer),
        Value::Real(real) => SpinValue::Real(*real),
        Value::Text(text) => SpinValue::Text(text.clone()),
        Value::Blob(bytes) => SpinValue::Blob(bytes.clone()),
    }
}

fn from_spin(value: SpinValue) -> Value {
    match value {
        SpinValue::Null => Value::Null,
        SpinValue::Integer(integer) => Value::Integer(integer),
        SpinValue::Real(real) => Value::Real(real),
        SpinValue::Text(text) => Value::Text(text),
        SpinValue::Blob(bytes) => Value::Blob(bytes),
    }
}
