//! The order of writers, and what a turn protects.

use std::sync::Arc;

use prometheus_client::metrics::histogram::Histogram;
use tempfile::TempDir;
use tokio::sync::oneshot;

use super::super::database::Database;
use super::super::session::{Ran, Session};
use super::super::statement::{Outcome, Statement};

/// A database with a table, in a folder that goes with it.
async fn database() -> (Arc<Database>, TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("test.db");
    let database = Arc::new(Database::new(path, Histogram::new([1.0])));
    let table = "CREATE TABLE rows(position INTEGER PRIMARY KEY, writer INTEGER)";
    let (_, outcome) = database.writers.run(session(&database), statement(table)).await;
    outcome.unwrap();
    (database, folder)
}

fn session(database: &Arc<Database>) -> Session {
    Session::new(Arc::clone(database))
}

fn statement(sql: &str) -> Statement {
    Statement { sql: sql.to_owned(), parameters: Vec::new() }
}

/// Queues an insert and does not wait for it.
fn queue(database: &Arc<Database>, writer: usize) -> oneshot::Receiver<(Session, Outcome)> {
    let (reply, answer) = oneshot::channel();
    let insert = statement(&format!("INSERT INTO rows(writer) VALUES ({writer})"));
    database.writers.submit(session(database), insert, reply);
    answer
}

fn writers(database: &Arc<Database>) -> String {
    let all = statement("SELECT group_concat(writer ORDER BY position) FROM rows");
    match session(database).run(all) {
        Ran::Done(outcome) => format!("{:?}", outcome.unwrap().rows[0].values[0]),
        Ran::NeedsTurn(_) => "a read asked for the turn".to_owned(),
    }
}

#[tokio::test]
async fn writers_behind_a_transaction_follow_in_order_of_arrival() {
    let (database, _folder) = database().await;
    let begin = database.writers.run(session(&database), statement("BEGIN IMMEDIATE")).await;
    let mut holder = begin.0.unwrap();
    let answers: Vec<_> = (1..=20).map(|writer| queue(&database, writer)).collect();
    holder.run_as_writer(statement("INSERT INTO rows(writer) VALUES (0)")).unwrap();
    assert_eq!(writers(&database), "Value::Null", "nothing is committed yet");
    holder.run_as_writer(statement("COMMIT")).unwrap();
    drop(holder.take_turn_when_settled());
    for answer in answers {
        answer.await.unwrap().1.unwrap();
    }
    let expected: Vec<_> = (0..=20).map(|writer| writer.to_string()).collect();
    assert_eq!(writers(&database), format!("Value::Text(\"{}\")", expected.join(",")));
}

#[tokio::test]
async fn a_dropped_transaction_passes_the_turn_on_after_its_rollback() {
    let (database, _folder) = database().await;
    let begin = database.writers.run(session(&database), statement("BEGIN IMMEDIATE")).await;
    let mut holder = begin.0.unwrap();
    holder.run_as_writer(statement("INSERT INTO rows(writer) VALUES (0)")).unwrap();
    let answer = queue(&database, 1);
    drop(holder);
    answer.await.unwrap().1.unwrap();
    assert_eq!(writers(&database), "Value::Text(\"1\")");
}

#[tokio::test]
async fn a_writer_whose_guest_is_gone_does_not_write() {
    let (database, _folder) = database().await;
    let begin = database.writers.run(session(&database), statement("BEGIN IMMEDIATE")).await;
    drop(queue(&database, 1));
    let after = queue(&database, 2);
    drop(begin);
    after.await.unwrap().1.unwrap();
    assert_eq!(writers(&database), "Value::Text(\"2\")");
}
