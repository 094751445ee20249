//! What goes wrong, and how a guest is told.

use tokio_postgres::error::DbError as ServerError;

use super::pools::{MAX_SESSIONS, SESSION_WAIT};
use super::values::ParameterFault;
use crate::guest::bindings::spin::postgres::postgres::{DbError, Error, QueryError};
use crate::outbound::Destination;

/// Why a guest has no connection.
#[derive(Debug, thiserror::Error)]
pub(super) enum OpenFault {
    #[error("the connection string is malformed")]
    Malformed(#[source] tokio_postgres::Error),
    #[error("address {destination} is not permitted; add it to allowed_outbound_hosts")]
    Denied { destination: Destination },
    #[error("Unix sockets are not supported")]
    UnixSocket,
    #[error("too many connections")]
    TooMany,
    #[error("all {MAX_SESSIONS} connections to this address stayed in use for {SESSION_WAIT:?}")]
    Exhausted,
    #[error("no connection")]
    Connect(#[source] tokio_postgres::Error),
    #[error("no pool of connections")]
    Pool(#[source] deadpool_postgres::PoolError),
    #[error("no TLS")]
    Tls(#[source] rustls::Error),
}

/// Why a statement has no outcome.
#[derive(Debug, thiserror::Error)]
pub(super) enum StatementFault {
    #[error("parameter ${position}")]
    Parameter { position: usize, source: ParameterFault },
    #[error("the query failed")]
    Query(#[source] tokio_postgres::Error),
    #[error("column {column:?} cannot be read")]
    Value { column: String, source: tokio_postgres::Error },
    #[error("query result exceeds limit of {limit_bytes} bytes")]
    TooLarge { limit_bytes: usize },
}

impl From<OpenFault> for Error {
    fn from(fault: OpenFault) -> Self {
        Self::ConnectionFailed(chain(fault))
    }
}

impl From<StatementFault> for Error {
    fn from(fault: StatementFault) -> Self {
        Self::QueryFailed(match fault {
            StatementFault::Query(error) => match error.as_db_error() {
                Some(reported) => QueryError::DbError(told_by_server(reported, &error)),
                None => QueryError::Text(chain(error)),
            },
            fault => QueryError::Text(chain(fault)),
        })
    }
}

/// The error and its causes in one line.
pub(super) fn chain(error: impl std::error::Error + Send + Sync + 'static) -> String {
    format!("{:#}", anyhow::Error::from(error))
}

fn told_by_server(reported: &ServerError, error: &tokio_postgres::Error) -> DbError {
    DbError {
        as_text: format!("{error:?}"),
        severity: reported.severity().to_owned(),
        code: reported.code().code().to_owned(),
        message: reported.message().to_owned(),
        detail: reported.detail().map(str::to_owned),
        extras: extras(reported),
    }
}

/// The other fields a server may add, by the names that Spin gives them.
fn extras(reported: &ServerError) -> Vec<(String, String)> {
    let line = reported.line().map(|line| line.to_string());
    let fields = [
        ("column", reported.column()),
        ("constraint", reported.constraint()),
        ("routine", reported.routine()),
        ("hint", reported.hint()),
        ("table", reported.table()),
        ("datatype", reported.datatype()),
        ("schema", reported.schema()),
        ("file", reported.file()),
        ("line", line.as_deref()),
        ("where_", reported.where_()),
    ];
    let present = |(name, value): (&str, Option<&str>)| Some((name.to_owned(), value?.to_owned()));
    fields.into_iter().filter_map(present).collect()
}
