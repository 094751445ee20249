//! SQLite as a guest sees it: its own connection, rolled back when dropped, fair to writers.

use std::sync::Arc;

use http::StatusCode;
use tokio::task::JoinSet;

use crate::app::App;

const SCHEMA: &str = "PRAGMA journal_mode=WAL\nCREATE TABLE rows(id INTEGER PRIMARY KEY, title)";

#[tokio::test]
async fn rows_outlive_the_request_that_wrote_them() {
    let app = App::start().await;
    app.sql(SCHEMA).await;
    app.sql("INSERT INTO rows(title) VALUES ('one'), (NULL), (x'0102'), (1.5)").await;
    assert_eq!(app.sql("SELECT id, title FROM rows").await, "1|one\n2|null\n3|2 bytes\n4|1.5\n");
}

#[tokio::test]
async fn an_abandoned_transaction_is_rolled_back() {
    let app = App::start().await;
    app.sql(SCHEMA).await;
    app.sql("BEGIN IMMEDIATE\nINSERT INTO rows(title) VALUES ('abandoned')").await;
    let trapped =
        app.post_text("/?op=sql", "BEGIN\nINSERT INTO rows(title) VALUES (1)\n@trap").await;
    assert_eq!(trapped, "");
    assert_eq!(app.sql("SELECT count(*) FROM rows").await, "0\n");
    let whole = "BEGIN IMMEDIATE\nINSERT INTO rows(title) VALUES ('kept')\nCOMMIT";
    assert_eq!(app.sql(whole).await, "");
    assert_eq!(app.sql("SELECT count(*) FROM rows").await, "1\n");
}

#[tokio::test]
async fn a_connection_shows_nothing_of_the_one_before_it() {
    let app = App::start().await;
    app.sql(SCHEMA).await;
    let wrote = app.sql("INSERT INTO rows(title) VALUES (1), (2)\n@changes\n@rowid").await;
    assert_eq!(wrote, "changes 2\nrowid 2\n");
    assert_eq!(app.sql("SELECT 1\n@changes\n@rowid").await, "1\nchanges 0\nrowid 0\n");
    assert_eq!(
        app.sql("UPDATE rows SET title = 0\n@changes\n@rowid").await,
        "changes 2\nrowid 0\n"
    );
    app.sql("CREATE TEMP TABLE mine(a)\nPRAGMA recursive_triggers=ON").await;
    let next = app.sql("SELECT count(*) FROM sqlite_temp_schema\nPRAGMA recursive_triggers").await;
    assert_eq!(next, "0\n0\n");
}

#[tokio::test]
async fn errors_are_text_and_leave_the_connection_usable() {
    let app = App::start().await;
    app.sql(SCHEMA).await;
    let told = app.sql("SELEC 1\nINSERT INTO rows(id) VALUES (1), (1)\nSELECT 1").await;
    expect_test::expect![[r#"
        error: Error::Io("near \"SELEC\": syntax error in SELEC 1 at offset 0")
        error: Error::Io("UNIQUE constraint failed: rows.id")
        1
    "#]]
    .assert_eq(&told);
}

#[tokio::test]
async fn a_database_that_is_not_granted_is_denied() {
    let app = App::start().await;
    assert_eq!(app.post_text("/?op=sql&db=other", "SELECT 1").await, "open: Error::AccessDenied\n");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_writers_at_once_all_succeed() {
    let app = Arc::new(App::start().await);
    app.sql(SCHEMA).await;
    let mut writers = JoinSet::new();
    for _ in 0..200 {
        let app = Arc::clone(&app);
        writers.spawn(async move { app.get("/?op=insert").await });
    }
    while let Some(response) = writers.join_next().await {
        let response = response.unwrap();
        assert_eq!(response.status(), StatusCode::OK);
        assert!(!crate::app::text(&response).contains("error"), "{response:?}");
    }
    assert_eq!(app.sql("SELECT count(*) FROM rows").await, "200\n");
    assert!(app.host.metrics_text().contains("host_sqlite_write_wait_seconds_count"));
}

#[tokio::test(start_paused = true)]
async fn a_writer_that_waits_too_long_is_told_so() {
    let app = App::start().await;
    app.sql(SCHEMA).await;
    // One guest holds the lock with one connection and asks for it with another.
    let script = "BEGIN IMMEDIATE\n@also INSERT INTO rows(title) VALUES (1)\nCOMMIT\nSELECT 1";
    assert_eq!(app.sql(script).await, "error: Error::Io(\"database is locked\")\n1\n");
}
