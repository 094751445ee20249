//! One statement: its way to the server and its result.

use std::pin::pin;

use deadpool_postgres::Object;
use futures::TryStreamExt;
use tokio_postgres::types::ToSql;
use tokio_postgres::{Row, RowStream};

use super::failure::StatementFault;
use super::{prepared, values};
use crate::guest::bindings::spin::postgres::postgres::{Column, DbValue, ParameterValue, RowSet};

/// Largest result, as Spin caps what the host buffers for a guest.
const MAX_RESULT_BYTES: usize = 128 << 20;

type Parameters = Vec<Box<dyn ToSql + Sync + Send>>;

/// Runs a statement and gives the number of rows it changed.
pub(super) async fn execute(
    session: &Object,
    statement: &str,
    parameters: Vec<ParameterValue>,
) -> Result<u64, StatementFault> {
    let changed = send(session, statement, parameters).await?;
    let mut stream = pin!(changed);
    while stream.try_next().await.map_err(StatementFault::Query)?.is_some() {}
    Ok(stream.rows_affected().unwrap_or_default())
}

/// Runs a statement and gives its rows. They alone say what the columns are.
pub(super) async fn query(
    session: &Object,
    statement: &str,
    parameters: Vec<ParameterValue>,
) -> Result<RowSet, StatementFault> {
    let mut stream = pin!(send(session, statement, parameters).await?);
    let mut result = RowSet { columns: Vec::new(), rows: Vec::new() };
    let mut bytes = 0;
    while let Some(row) = stream.try_next().await.map_err(StatementFault::Query)? {
        if result.rows.is_empty() {
            result.columns = columns(&row);
        }
        let row = read(&row)?;
        bytes += row.iter().map(values::memory_bytes).sum::<usize>();
        if bytes > MAX_RESULT_BYTES {
            return Err(StatementFault::TooLarge { limit_bytes: MAX_RESULT_BYTES });
        }
        result.rows.push(row);
    }
    Ok(result)
}

async fn send(
    session: &Object,
    statement: &str,
    parameters: Vec<ParameterValue>,
) -> Result<RowStream, StatementFault> {
    let parameters = bind(parameters)?;
    let run = async || {
        let prepared = prepared::statement(session, statement).await?;
        let parameters = parameters.iter().map(|it| -> &(dyn ToSql + Sync) { it.as_ref() });
        session.query_raw(&prepared, parameters).await
    };
    let outcome = match run().await {
        Err(error) if prepared::is_stale(&error) => {
            prepared::forget(session, statement);
            run().await
        }
        outcome => outcome,
    };
    outcome.map_err(StatementFault::Query)
}

fn bind(parameters: Vec<ParameterValue>) -> Result<Parameters, StatementFault> {
    let bind = |(index, value)| {
        let fault = |source| StatementFault::Parameter { position: index + 1, source };
        values::into_parameter(value).map_err(fault)
    };
    parameters.into_iter().enumerate().map(bind).collect()
}

fn columns(row: &Row) -> Vec<Column> {
    let column = |column: &tokio_postgres::Column| Column {
        name: column.name().to_owned(),
        data_type: values::data_type(column.type_()),
    };
    row.columns().iter().map(column).collect()
}

fn read(row: &Row) -> Result<Vec<DbValue>, StatementFault> {
    let read = |(index, column): (usize, &tokio_postgres::Column)| {
        let fault = |source| StatementFault::Value { column: column.name().to_owned(), source };
        values::read(row, index).map_err(fault)
    };
    row.columns().iter().enumerate().map(read).collect()
}
