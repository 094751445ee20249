//! A native PostgreSQL connection behind the store's port, as a host gives one to a guest. Knows
//! statements and values, no tables.

use std::error::Error;
use std::sync::mpsc::{self, Receiver, Sender};
use std::sync::{Mutex, PoisonError};

use futures::{StreamExt, TryStreamExt, stream};
use task_store::{Db, DbError, Rows, Value};
use tokio::runtime::{Builder, Runtime};
use tokio_postgres::types::private::BytesMut;
use tokio_postgres::types::{IsNull, ToSql, Type, to_sql_checked};
use tokio_postgres::{AsyncMessage, Client, NoTls, Row};

/// One connection, opened anew after it was lost.
pub(crate) struct PostgresDb {
    url: String,
    client: Mutex<Option<Client>>,
    /// What the server tells beside its answers.
    notices: (Sender<String>, Mutex<Receiver<String>>),
    /// Works for the connection only while a statement waits for it.
    runtime: Runtime,
}

impl PostgresDb {
    pub(crate) fn new(url: String) -> Self {
        let runtime = Builder::new_current_thread().enable_all().build().unwrap();
        let (told, notices) = mpsc::channel();
        PostgresDb { url, client: Mutex::default(), notices: (told, Mutex::new(notices)), runtime }
    }

    /// The notices since the last look.
    pub(crate) fn notices(&self) -> Vec<String> {
        self.notices.1.lock().unwrap_or_else(PoisonError::into_inner).try_iter().collect()
    }

    async fn connect(&self) -> Result<Client, DbError> {
        let (client, mut connection) = tokio_postgres::connect(&self.url, NoTls)
            .await
            .map_err(|error| refused_or(&error, DbError::Unavailable))?;
        let told = self.notices.0.clone();
        tokio::spawn(async move {
            let mut messages = stream::poll_fn(|cx| connection.poll_message(cx));
            while let Some(Ok(message)) = messages.next().await {
                if let AsyncMessage::Notice(notice) = message {
                    let _nobody_looks_any_more = told.send(notice.message().to_owned());
                }
            }
        });
        Ok(client)
    }

    async fn query(&self, statement: &str, params: &[Value]) -> Result<Rows, DbError> {
        let held = self.client.lock().unwrap_or_else(PoisonError::into_inner).take();
        let client = match held {
            Some(client) if !client.is_closed() => client,
            _ => self.connect().await?,
        };
        let outcome = rows(&client, statement, params).await;
        *self.client.lock().unwrap_or_else(PoisonError::into_inner) = Some(client);
        outcome
    }
}

impl Db for PostgresDb {
    async fn run(&self, statement: &str, params: &[Value]) -> Result<Rows, DbError> {
        self.runtime.block_on(self.query(statement, params))
    }
}

async fn rows(client: &Client, statement: &str, params: &[Value]) -> Result<Rows, DbError> {
    let failed = |error: tokio_postgres::Error| refused_or(&error, DbError::Unanswered);
    let prepared = client.prepare(statement).await.map_err(failed)?;
    let found = client.query_raw(&prepared, params.iter().map(Parameter)).await.map_err(failed)?;
    let found: Vec<Row> = found.try_collect().await.map_err(failed)?;
    let columns = prepared.columns().iter().map(|it| it.name().to_owned()).collect();
    Ok(Rows { columns, rows: found.iter().map(values).collect() })
}

/// The server's own words after their SQLSTATE, or what the lack of them means.
fn refused_or(error: &tokio_postgres::Error, silence: fn(String) -> DbError) -> DbError {
    match error.as_db_error() {
        Some(told) => DbError::Refused(format!("{}: {}", told.code().code(), told.message())),
        None => silence(format!("{error}: {:?}", error.source())),
    }
}

fn values(row: &Row) -> Vec<Value> {
    (0..row.len()).map(|column| value(row, column).unwrap_or(Value::Null)).collect()
}

/// `None` for NULL. A type that hosts do not all hand on alike is a fault of the statement.
fn value(row: &Row, column: usize) -> Option<Value> {
    Some(match *row.columns()[column].type_() {
        Type::BOOL => Value::Integer(row.get::<_, Option<bool>>(column)?.into()),
        Type::INT8 => Value::Integer(row.get::<_, Option<i64>>(column)?),
        Type::INT4 => Value::Integer(row.get::<_, Option<i32>>(column)?.into()),
        Type::TEXT => Value::Text(row.get::<_, Option<String>>(column)?),
        ref other => panic!("a column of type {other}"),
    })
}

/// Takes no other type than the parameter is declared with, as hosts do.
#[derive(Debug)]
struct Parameter<'v>(&'v Value);

impl ToSql for Parameter<'_> {
    fn to_sql(
        &self,
        declared: &Type,
        out: &mut BytesMut,
    ) -> Result<IsNull, Box<dyn Error + Sync + Send>> {
        match (self.0, declared) {
            (Value::Null, _) => Ok(IsNull::Yes),
            (Value::Integer(integer), &Type::INT8) => integer.to_sql(declared, out),
            (Value::Text(text), &Type::TEXT) => text.to_sql(declared, out),
            (value, declared) => Err(format!("{value:?} for a parameter of {declared}").into()),
        }
    }

    fn accepts(_declared: &Type) -> bool {
        true
    }

    to_sql_checked!();
}
