//! The database port on `spin:postgres`.

use std::cell::RefCell;

use spin_sdk::pg4::{Connection, DbValue, ParameterValue, PgError, QueryError};
use task_store::{Db, DbError, Rows, Value};

/// At most one connection for one request, opened by its first statement: many requests have none.
pub struct SpinPostgres {
    address: String,
    connection: RefCell<Option<Connection>>,
}

impl SpinPostgres {
    /// `address` is a connection string of PostgreSQL.
    pub fn new(address: String) -> Self {
        SpinPostgres { address, connection: RefCell::default() }
    }

    /// Gives the connection back; the next statement opens one again.
    pub fn close(&self) {
        drop(self.connection.take());
    }
}

impl Db for SpinPostgres {
    async fn run(&self, statement: &str, params: &[Value]) -> Result<Rows, DbError> {
        let params: Vec<ParameterValue> = params.iter().map(to_spin).collect();
        let connection = match self.connection.take() {
            Some(connection) => connection,
            None => Connection::open(&self.address).map_err(refused)?,
        };
        let result = connection.query(statement, &params).map_err(refused)?;
        // A connection that failed is not kept: it may be broken, and the next one is not.
        self.connection.replace(Some(connection));
        let row = |row: Vec<DbValue>| row.into_iter().map(from_spin).collect();
        Ok(Rows {
            columns: result.columns.into_iter().map(|column| column.name).collect(),
            rows: result.rows.into_iter().map(row).collect::<Result<_, _>>()?,
        })
    }
}

/// A refusal of the server keeps its SQLSTATE, which is what tells one from another.
fn refused(error: PgError) -> DbError {
    match error {
        PgError::ConnectionFailed(text) => DbError::Unavailable(text),
        PgError::QueryFailed(QueryError::DbError(error)) => {
            DbError::Refused(format!("{}: {}", error.code, error.message))
        }
        // Whatever did not come from the server: its connection broke.
        PgError::QueryFailed(QueryError::Text(text)) => DbError::Unanswered(text),
        PgError::BadParameter(text)
        | PgError::ValueConversionFailed(text)
        | PgError::Other(text) => DbError::Refused(text),
    }
}

fn to_spin(value: &Value) -> ParameterValue {
    match value {
        Value::Null => ParameterValue::DbNull,
        Value::Integer(integer) => ParameterValue::Int64(*integer),
        Value::Real(real) => ParameterValue::Floating64(*real),
        Value::Text(text) => ParameterValue::Str(text.clone()),
        Value::Blob(bytes) => ParameterValue::Binary(bytes.clone()),
    }
}

/// The types of the store's own statements; another one is a fault of the statement.
fn from_spin(value: DbValue) -> Result<Value, DbError> {
    Ok(match value {
        DbValue::DbNull => Value::Null,
        DbValue::Boolean(truth) => Value::Integer(truth.into()),
        DbValue::Int16(integer) => Value::Integer(integer.into()),
        DbValue::Int32(integer) => Value::Integer(integer.into()),
        DbValue::Int64(integer) => Value::Integer(integer),
        DbValue::Floating32(real) => Value::Real(real.into()),
        DbValue::Floating64(real) => Value::Real(real),
        DbValue::Str(text) | DbValue::Uuid(text) | DbValue::Decimal(text) => Value::Text(text),
        DbValue::Jsonb(bytes) => Value::Text(String::from_utf8_lossy(&bytes).into_owned()),
        DbValue::Binary(bytes) => Value::Blob(bytes),
        other => {
            let text = format!("the store has no value for {other:?}; cast it in the statement");
            return Err(DbError::Refused(text));
        }
    })
}
