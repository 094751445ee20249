//! Sixty-four sessions for each component and address: taken, waited for, lost and given back.

use std::sync::Arc;
use std::time::Duration;

use tokio_postgres::{Client, NoTls};

use crate::app::App;

/// As in Spin.
const MAX_SESSIONS: usize = 64;

/// What no condition here takes on any machine.
const PATIENCE: Duration = Duration::from_secs(30);

/// A session beside the pool, which holds the lock that scripts wait for.
async fn gatekeeper(app: &App) -> Client {
    let (client, connection) = tokio_postgres::connect(&app.database.url(), NoTls).await.unwrap();
    tokio::spawn(connection);
    client.execute("SELECT pg_advisory_lock(7)", &[]).await.unwrap();
    client
}

async fn until_someone_waits(gatekeeper: &Client) {
    let waiting = async {
        loop {
            let waiting = "SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND NOT granted";
            if !gatekeeper.query(waiting, &[]).await.unwrap().is_empty() {
                return;
            }
        }
    };
    tokio::time::timeout(PATIENCE, waiting).await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_finds_every_session_taken_is_told_and_the_next_one_served() {
    let app = Arc::new(App::start().await);
    let gatekeeper = gatekeeper(&app).await;
    let holder = tokio::spawn({
        let app = Arc::clone(&app);
        let script = format!("@hold {}\nSELECT pg_advisory_lock_shared(7)::text", MAX_SESSIONS - 1);
        async move { app.run(&script).await }
    });
    until_someone_waits(&gatekeeper).await;
    let exhausted = "open: ConnectionFailed(\"all 64 connections to this address \
                     stayed in use for 2s\")\n";
    assert_eq!(app.run("SELECT 1").await, exhausted);

    // Who waits when sessions come back gets one.
    let waiting = tokio::spawn({
        let app = Arc::clone(&app);
        async move { app.run("SELECT 1").await }
    });
    gatekeeper.execute("SELECT pg_advisory_unlock(7)", &[]).await.unwrap();
    assert_eq!(waiting.await.unwrap(), "Int32(1)\n");
    assert_eq!(holder.await.unwrap(), format!("held {}\n", MAX_SESSIONS - 1));
    let all = app.run(&format!("@hold {}", MAX_SESSIONS - 1)).await;
    assert_eq!(all, format!("held {}\n", MAX_SESSIONS - 1));
}

#[tokio::test]
async fn a_guest_that_wants_more_than_all_is_refused_the_rest() {
    let app = App::start().await;
    let seen = app.run("@hold 64\nSELECT 1").await;
    let expected = "held 63, open: ConnectionFailed(\"all 64 connections to this address \
                    stayed in use for 2s\")\nInt32(1)\n";
    assert_eq!(seen, expected);
}

#[tokio::test]
async fn a_session_that_breaks_fails_its_guest_and_no_other() {
    let app = App::start().await;
    let seen = app
        .run(
            "SELECT 1\n\
             SELECT pg_terminate_backend(pg_backend_pid())\n\
             SELECT 2\n\
             @reopen\n\
             SELECT 3",
        )
        .await;
    let expected = "Int32(1)\n\
                    FATAL 57P01: terminating connection due to administrator command\n\
                    QueryFailed(Text(\"connection closed\"))\n\
                    Int32(3)\n";
    assert_eq!(seen, expected);
}

#[tokio::test]
async fn sessions_that_broke_while_idle_are_replaced_unseen() {
    let app = App::start().await;
    app.run("@hold 9").await;
    let ended = app.database.run(
        "SELECT count(pg_terminate_backend(pid, 10000)) FROM pg_stat_activity \
         WHERE datname = current_database() AND pid <> pg_backend_pid()",
    );
    assert_eq!(ended, "10");
    assert_eq!(app.run("SELECT 1\n@hold 9").await, "Int32(1)\nheld 9\n");
}

#[tokio::test]
async fn each_address_has_sessions_of_its_own() {
    let app = App::start().await;
    let url = app.database.url();
    let mut sessions = Vec::new();
    for number in 0..20 {
        let address = format!("{url}?application_name=app-{number}");
        sessions.push(app.run_at(&address, "SELECT pg_backend_pid()").await);
    }
    let distinct: std::collections::BTreeSet<_> = sessions.iter().collect();
    assert_eq!(distinct.len(), 20);
    // The latest are kept, the earliest were given up.
    let kept = format!("{url}?application_name=app-19");
    assert_eq!(app.run_at(&kept, "SELECT pg_backend_pid()").await, sessions[19]);
    let given_up = format!("{url}?application_name=app-0");
    assert_ne!(app.run_at(&given_up, "SELECT pg_backend_pid()").await, sessions[0]);
}
