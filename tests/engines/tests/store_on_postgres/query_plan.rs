//! How the server goes about each statement, those inside the functions too: no request may read a
//! table from end to end, however many rows others have in it.

use std::collections::BTreeSet;

use futures::executor::block_on;
use task_domain::UserId;
use task_store::{Db, SqlStore};

use crate::db::PostgresDb;
use crate::stores::PostgresStores;
use crate::suite::Stores;
use crate::suite::every_statement::{notify, operate, read, write};
use crate::suite::fixture::*;

/// A hundred thousand rows of two thousand others in every table that grows.
const OTHERS: &str = include_str!("others.sql");

/// Tells the plan of every statement, nested ones included, when it has run.
const EXPLAIN: [&str; 4] = [
    "LOAD 'auto_explain'",
    "SET auto_explain.log_min_duration = 0",
    "SET auto_explain.log_nested_statements = on",
    "SET client_min_messages = log",
];

/// The tables that some work read from end to end.
fn tables_walked(work: impl AsyncFnOnce(&SqlStore<PostgresDb>, UserId)) -> BTreeSet<String> {
    let stores = PostgresStores::fresh();
    stores.database().run(OTHERS);
    let store = stores.open();
    block_on(async {
        let user = user(&store, "asad").await;
        for title in ["one", "two", "three"] {
            insert(&store, user, task(title)).await;
        }
        for statement in EXPLAIN {
            store.db().run(statement, &[]).await.unwrap();
        }
        work(&store, user).await;
    });
    let plans = store.db().notices();
    assert!(plans.len() > 5, "the server told of {} plans", plans.len());
    let lines = plans.iter().flat_map(|it| it.lines());
    let scans = lines.filter_map(|it| it.split_once("Seq Scan on ")?.1.split(' ').next());
    scans.map(str::to_owned).collect()
}

#[test]
fn a_write_finds_every_row_by_its_key() {
    let walked = tables_walked(async |store, user| write(store, user).await);
    assert_eq!(walked, BTreeSet::new());
}

#[test]
fn what_is_told_and_sent_is_found_by_its_key() {
    let walked = tables_walked(async |store, user| notify(store, user).await);
    assert_eq!(walked, BTreeSet::new());
}

#[test]
fn a_read_begins_at_its_user() {
    let walked = tables_walked(async |store, user| read(store, user).await);
    assert_eq!(walked, BTreeSet::new());
}

#[test]
fn the_relay_and_the_operator_read_the_front_of_an_index() {
    let walked = tables_walked(async |store, user| operate(store, user).await);
    // The gauges count the users and the heads; the relay's own table has one row.
    let few = ["outbox_heads", "relay", "users"].map(str::to_owned);
    assert_eq!(walked, BTreeSet::from(few));
}
