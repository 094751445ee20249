//! How the engine goes about each statement: no request may read a table from end to end.

use std::cell::RefCell;
use std::collections::BTreeSet;

use expect_test::expect;
use futures::executor::block_on;
use rusqlite::config::DbConfig;
use rusqlite::params_from_iter;
use task_domain::UserId;
use task_store::{Db, DbError, Dialect, Rows, SqlStore, Store, Value};
use test_support::sqlite::SqliteDb;

use super::SqliteStores;
use crate::suite::every_statement::{notify, operate, read, write};
use crate::suite::fixture::*;

/// Asks for the plan of every statement, triggers included, before it runs it.
struct Planning {
    db: SqliteDb,
    steps: RefCell<BTreeSet<String>>,
}

impl Db for Planning {
    async fn run(&self, statement: &str, params: &[Value]) -> Result<Rows, DbError> {
        // What fails here fails again below, and is reported from there.
        let steps = self.db.with(|it| plan(it, statement, params)).unwrap_or_default();
        self.steps.borrow_mut().extend(steps);
        self.db.run(statement, params).await
    }
}

fn plan(
    connection: &rusqlite::Connection,
    statement: &str,
    params: &[Value],
) -> rusqlite::Result<Vec<String>> {
    let mut plan = connection.prepare(&format!("EXPLAIN QUERY PLAN {statement}"))?;
    let params = params.iter().map(|it| match it {
        Value::Integer(integer) => rusqlite::types::Value::Integer(*integer),
        Value::Text(text) => rusqlite::types::Value::Text(text.clone()),
        _ => rusqlite::types::Value::Null,
    });
    let steps = plan.query_map(params_from_iter(params), |row| row.get::<_, String>(3))?;
    steps.collect()
}

/// The steps of some work on a database with one user and three tasks.
fn steps(work: impl AsyncFnOnce(&SqlStore<Planning>, UserId)) -> BTreeSet<String> {
    let stores = SqliteStores::fresh();
    let db = stores.db();
    db.with(|it| it.set_db_config(DbConfig::SQLITE_DBCONFIG_TRIGGER_EQP, true)).unwrap();
    let store = SqlStore::new(Planning { db, steps: RefCell::default() }, Dialect::Sqlite);
    block_on(async {
        store.ping().await.unwrap();
        let user = user(&store, "asad").await;
        for title in ["one", "two", "three"] {
            insert(&store, user, task(title)).await;
        }
        store.db().steps.borrow_mut().clear();
        work(&store, user).await;
    });
    store.db().steps.take()
}

/// The steps that visit rows without a key to find them by; functions and constants have none.
fn scans(steps: &BTreeSet<String>) -> String {
    let scan = |it: &&String| {
        it.starts_with("SCAN ") && !it.contains("VIRTUAL TABLE") && !it.contains("(subquery-")
    };
    steps.iter().filter(scan).map(|it| format!("{it}\n")).collect()
}

#[test]
fn a_write_finds_every_row_by_its_key() {
    let steps = steps(async |store, user| write(store, user).await);
    // The list of updates, which the change itself holds.
    expect![[r#"
        SCAN task
    "#]]
    .assert_eq(&scans(&steps));
    // Of what is reached by the user alone, nothing but the front of the outbox.
    let by_user: Vec<_> = steps.iter().filter(|it| it.contains("(user_id=?)")).collect();
    assert_eq!(by_user, Vec::<&String>::new());
}

#[test]
fn what_is_told_and_sent_is_found_by_its_key() {
    let steps = steps(async |store, user| notify(store, user).await);
    // The channels that were picked for a lease, and the list of updates that a change holds.
    expect![[r#"
        SCAN head
        SCAN task
    "#]]
    .assert_eq(&scans(&steps));
    // The channels, which are one row; and what an ended account takes with it.
    let by_user = steps.iter().filter(|it| it.contains("(user_id=?)"));
    expect![[r#"
        SEARCH channel_sets USING PRIMARY KEY (user_id=?)
        SEARCH channel_sets USING PRIMARY KEY (user_id=?) LEFT-JOIN
        SEARCH deliveries USING COVERING INDEX deliveries_by_user (user_id=?)
        SEARCH present USING PRIMARY KEY (user_id=?) LEFT-JOIN
        SEARCH reminders USING PRIMARY KEY (user_id=?)
    "#]]
    .assert_eq(&by_user.map(|it| format!("{it}\n")).collect::<String>());
}

#[test]
fn a_read_begins_at_its_user() {
    let steps = steps(async |store, user| read(store, user).await);
    // What was found before: a page of the list, of the feed, of the imports, of the log.
    expect![[r#"
        SCAN feed LEFT-JOIN
        SCAN latest LEFT-JOIN
        SCAN page LEFT-JOIN
    "#]]
    .assert_eq(&scans(&steps));
}

#[test]
fn the_relay_and_the_operator_read_the_front_of_an_index() {
    let steps = steps(async |store, user| operate(store, user).await);
    // A batch and a sweep begin at the front of their index or table and end at their limit; the
    // gauges walk the users and the heads; the relay's own table has one row.
    expect![[r#"
        SCAN bit
        SCAN changes
        SCAN deliveries USING COVERING INDEX deliveries_failed
        SCAN deliveries USING COVERING INDEX deliveries_waiting
        SCAN events USING INDEX events_done
        SCAN head
        SCAN idempotency
        SCAN inbox
        SCAN outbox_heads
        SCAN outbox_heads USING COVERING INDEX outbox_heads_in_order
        SCAN picked
        SCAN relay
        SCAN reminders USING COVERING INDEX reminders_pending
        SCAN reminders USING INDEX reminders_cancelled
        SCAN run
        SCAN task
        SCAN users USING INDEX users_live_email
    "#]]
    .assert_eq(&scans(&steps));
}
