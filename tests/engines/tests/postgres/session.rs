//! What a session carries from one guest to the next, and what it does not.

use crate::app::App;

#[tokio::test]
async fn rows_outlive_the_guest_that_wrote_them() {
    let app = App::start().await;
    let seen = app
        .run(
            "@execute CREATE TABLE rows(id int8 PRIMARY KEY, title text)\n\
             @execute INSERT INTO rows VALUES (1, $1), (2, NULL)\tstr:one\n\
             @execute UPDATE rows SET title = 'two' WHERE id = 2",
        )
        .await;
    assert_eq!(seen, "changed 0\nchanged 2\nchanged 1\n");
    assert_eq!(
        app.run("SELECT id, title FROM rows ORDER BY id").await,
        "Int64(1)|one\nInt64(2)|two\n"
    );
    assert_eq!(app.database.run("SELECT count(*) FROM rows"), "2");
}

#[tokio::test]
async fn what_the_server_refuses_is_told_as_it_says_it() {
    let app = App::start().await;
    app.run("@execute CREATE TABLE rows(id int8 PRIMARY KEY)").await;
    let seen = app
        .run(
            "SELEC 1\n\
             @execute INSERT INTO rows VALUES (1), (1)\n\
             SELECT 1; SELECT 2\n\
             SELECT 3",
        )
        .await;
    let expected = "ERROR 42601: syntax error at or near \"SELEC\"\n\
                    ERROR 23505: duplicate key value violates unique constraint \"rows_pkey\"\n\
                    ERROR 42601: cannot insert multiple commands into a prepared statement\n\
                    Int32(3)\n";
    assert_eq!(seen, expected);
}

#[tokio::test]
async fn settings_and_temporary_tables_do_not_reach_the_next_guest() {
    let app = App::start().await;
    let first = app
        .run(
            "@execute SET statement_timeout = 1234\n\
             @execute CREATE TEMP TABLE mine(a int4)\n\
             SELECT pg_advisory_lock(1)::text\n\
             SELECT pg_backend_pid()",
        )
        .await;
    let next = app
        .run(
            "SHOW statement_timeout\n\
             SELECT count(*) FROM pg_tables WHERE tablename = 'mine'\n\
             SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid()\n\
             SELECT pg_backend_pid()",
        )
        .await;
    let session = first.lines().next_back().unwrap();
    assert_eq!(next, format!("0\nInt64(0)\nInt64(0)\n{session}\n"));
}

/// Spin's trap, kept: nobody rolls back. Whoever needs several statements must make them one.
#[tokio::test]
async fn a_transaction_left_open_is_open_for_the_next_guest() {
    let app = App::start().await;
    app.run("@execute CREATE TABLE rows(id int8)").await;
    app.run("@execute BEGIN\n@execute INSERT INTO rows VALUES (1)").await;
    assert_eq!(app.database.run("SELECT count(*) FROM rows"), "0");
    let next = app.run("@execute INSERT INTO rows VALUES (2)\nSELECT count(*) FROM rows").await;
    assert_eq!(next, "changed 1\nInt64(2)\n");
    assert_eq!(app.database.run("SELECT count(*) FROM rows"), "0", "it is inside the transaction");
    app.run("@execute COMMIT").await;
    assert_eq!(app.database.run("SELECT count(*) FROM rows"), "2");
}

#[tokio::test]
async fn a_transaction_that_failed_takes_its_session_along() {
    let app = App::start().await;
    let first = app.run("SELECT pg_backend_pid()\n@execute BEGIN\nSELEC 1").await;
    let next = app.run("SELECT pg_backend_pid()\nSELECT txid_current_if_assigned() IS NULL").await;
    assert_ne!(first.lines().next(), next.lines().next());
    assert_eq!(next.lines().next_back(), Some("Boolean(true)"));
}

#[tokio::test]
async fn a_guest_that_traps_gives_its_session_back() {
    let app = App::start().await;
    let first = app.run("SELECT pg_backend_pid()").await;
    assert_eq!(app.run("SELECT 1\n@trap").await, "");
    assert_eq!(app.run("SELECT pg_backend_pid()").await, first);
}
