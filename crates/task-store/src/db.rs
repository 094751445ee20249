//! The port through which statements reach an engine. It has no transactions on purpose.

use thiserror::Error;

/// One engine connection: runs a single statement and gives all of its rows.
pub trait Db {
    async fn run(&self, statement: &str, params: &[Value]) -> Result<Rows, DbError>;
}

#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    Null,
    Integer(i64),
    Real(f64),
    Text(String),
    Blob(Vec<u8>),
}

#[derive(Clone, Debug, Default, PartialEq)]
pub struct Rows {
    pub columns: Vec<String>,
    pub rows: Vec<Vec<Value>>,
}

#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum DbError {
    /// The statement did not run: no connection, a lock that was not given, an exhausted pool.
    #[error("database unavailable: {0}")]
    Unavailable(String),
    /// The connection was lost on the way: nobody knows whether the statement ran.
    #[error("database did not answer: {0}")]
    Unanswered(String),
    /// The engine refused the statement; the text is the engine's own. PostgreSQL's begins with
    /// its SQLSTATE.
    #[error("{0}")]
    Refused(String),
}
