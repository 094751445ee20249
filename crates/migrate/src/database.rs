//! The database port on one session of PostgreSQL.

use std::error::Error;

use anyhow::{Context, Result};
use task_store::postgres::role_statements;
use task_store::{Db, DbError, Rows, Value};
use tokio_postgres::types::private::BytesMut;
use tokio_postgres::types::{IsNull, ToSql, Type, to_sql_checked};
use tokio_postgres::{Client, Row};

pub(crate) struct NativePostgres(Client);

impl NativePostgres {
    pub(crate) async fn connect(url: &str) -> Result<Self> {
        let client = postgres_client::connect(url).await;
        Ok(NativePostgres(client.context("cannot connect to PostgreSQL")?))
    }

    /// Rows as the caller wrote the question, for tables that the store does not know.
    pub(crate) async fn query(
        &self,
        statement: &str,
        params: &[&(dyn ToSql + Sync)],
    ) -> Result<Vec<Row>, tokio_postgres::Error> {
        self.0.query(statement, params).await
    }

    /// Lets a role use the schema, within its limits.
    pub(crate) async fn admit(&self, role: &str) -> Result<()> {
        for statement in role_statements(role) {
            self.0.batch_execute(&statement).await.context(statement)?;
        }
        Ok(())
    }
}

impl Db for NativePostgres {
    async fn run(&self, statement: &str, params: &[Value]) -> Result<Rows, DbError> {
        let params: Vec<Parameter<'_>> = params.iter().map(Parameter).collect();
        let params: Vec<_> = params.iter().map(|it| it as &(dyn ToSql + Sync)).collect();
        let rows = self.0.query(statement, &params).await.map_err(refused)?;
        let columns = rows.first().map(|row| row.columns().iter().map(|it| it.name().to_owned()));
        Ok(Rows {
            columns: columns.map(Iterator::collect).unwrap_or_default(),
            rows: rows.iter().map(values).collect::<Result<_, _>>()?,
        })
    }
}

fn refused(error: tokio_postgres::Error) -> DbError {
    match error.as_db_error() {
        Some(reported) => {
            DbError::Refused(format!("{}: {}", reported.code().code(), reported.message()))
        }
        None => DbError::Unanswered(error.to_string()),
    }
}

/// A value as whatever its statement declares: each is cast there.
#[derive(Debug)]
struct Parameter<'v>(&'v Value);

impl ToSql for Parameter<'_> {
    fn to_sql(
        &self,
        declared: &Type,
        out: &mut BytesMut,
    ) -> Result<IsNull, Box<dyn Error + Sync + Send>> {
        match self.0 {
            Value::Null => Ok(IsNull::Yes),
            Value::Integer(integer) => integer.to_sql_checked(declared, out),
            Value::Real(real) => real.to_sql_checked(declared, out),
            Value::Text(text) => text.to_sql_checked(declared, out),
            Value::Blob(bytes) => bytes.to_sql_checked(declared, out),
        }
    }

    fn accepts(_declared: &Type) -> bool {
        true
    }

    to_sql_checked!();
}

fn values(row: &Row) -> Result<Vec<Value>, DbError> {
    (0..row.len()).map(|at| value(row, at)).collect()
}

fn value(row: &Row, at: usize) -> Result<Value, DbError> {
    let column = &row.columns()[at];
    let told = match *column.type_() {
        Type::BOOL => {
            row.try_get(at).map(|it: Option<bool>| it.map(|it| Value::Integer(it.into())))
        }
        Type::INT8 => row.try_get(at).map(|it: Option<i64>| it.map(Value::Integer)),
        Type::FLOAT8 => row.try_get(at).map(|it: Option<f64>| it.map(Value::Real)),
        Type::BYTEA => row.try_get(at).map(|it: Option<Vec<u8>>| it.map(Value::Blob)),
        _ => row.try_get(at).map(|it: Option<String>| it.map(Value::Text)),
    };
    let value = told.map_err(|error| DbError::Refused(format!("{}: {error}", column.name())))?;
    Ok(value.unwrap_or(Value::Null))
}
