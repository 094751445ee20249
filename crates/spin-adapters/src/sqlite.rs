//! The database port on `spin:sqlite`.

use std::cell::OnceCell;

use spin_sdk::sqlite3::{Connection, Error, Value as SpinValue};
use task_store::{Db, DbError, Rows, Value};

/// One connection for one request, opened by its first statement: many requests have none.
#[derive(Default)]
pub struct SpinSqlite {
    connection: OnceCell<Connection>,
}

impl SpinSqlite {
    fn connection(&self) -> Result<&Connection, DbError> {
        if self.connection.get().is_none() {
            let opened = Connection::open_default().map_err(refused)?;
            // Nobody else can have set it: an instance serves one request on one thread.
            let _ = self.connection.set(opened);
        }
        self.connection.get().ok_or_else(|| DbError::Unavailable("no connection".to_owned()))
    }
}

impl Db for SpinSqlite {
    async fn run(&self, statement: &str, params: &[Value]) -> Result<Rows, DbError> {
        let params: Vec<SpinValue> = params.iter().map(to_spin).collect();
        let result = self.connection()?.execute(statement, &params).map_err(refused)?;
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
