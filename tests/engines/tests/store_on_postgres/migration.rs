//! A database that is empty, behind, ahead, or being migrated by somebody else.

use futures::executor::block_on;
use task_store::postgres::{MIGRATIONS, Migration, migrate, role_statements};
use task_store::store::StoreError;
use task_store::{Db, DbError, Dialect, SqlStore, Store, Value};

use crate::db::PostgresDb;
use crate::stores::PostgresStores;
use crate::suite::Stores;
use crate::suite::fixture::*;
use crate::suite::races::first_requests_at_the_same_time;

fn version(stores: &PostgresStores) -> usize {
    stores.database().run("SELECT max(version) FROM taskmaster.schema_version").parse().unwrap()
}

#[test]
fn an_empty_database_migrates_by_its_first_statement() {
    let stores = PostgresStores::empty();
    let store = stores.open();
    let user = block_on(user(&store, "asad"));
    block_on(insert(&store, user, task("one")));
    assert_eq!(version(&stores), MIGRATIONS.len());
}

#[test]
fn readiness_migrates_too_and_a_second_time_does_nothing() {
    let stores = PostgresStores::empty();
    let latest = u32::try_from(MIGRATIONS.len()).unwrap();
    assert_eq!(block_on(stores.open().ping()).unwrap(), latest);
    assert_eq!(block_on(migrate(&stores.db())).unwrap(), Migration::NotNeeded);
}

#[test]
fn first_requests_at_the_same_time_migrate_once() {
    let stores = PostgresStores::empty();
    first_requests_at_the_same_time(&stores);
    let steps = "SELECT count(*) FROM taskmaster.schema_version";
    assert_eq!(stores.database().run(steps), MIGRATIONS.len().to_string());
}

#[test]
fn a_newer_schema_is_left_alone() {
    let stores = PostgresStores::fresh();
    stores.database().run(
        "INSERT INTO taskmaster.schema_version VALUES (99, 0);
         DROP FUNCTION taskmaster.commit_change_set_v2",
    );
    let store = stores.open();
    assert_eq!(block_on(store.ping()).unwrap(), 99);
    let user = block_on(user(&store, "asad"));
    let outcome = block_on(store.commit(&insertion(user, task("one"))));
    let Err(StoreError::Db(DbError::Refused(text))) = outcome else { panic!("{outcome:?}") };
    assert!(text.starts_with("42883"), "{text}");
    assert_eq!(version(&stores), 99);
}

#[test]
fn a_role_without_rights_to_the_schema_works_on_what_its_owner_migrated() {
    let stores = PostgresStores::empty();
    stores.database().run("CREATE ROLE limited LOGIN PASSWORD 'limited'");
    let db = || PostgresDb::new(stores.url_of("limited"));
    let limited = || SqlStore::new(db(), Dialect::Postgres);

    let refused = block_on(limited().ping());
    let Err(StoreError::Db(DbError::Refused(text))) = refused else { panic!("{refused:?}") };
    assert!(text.contains("cargo xtask migrate"), "{text}");

    let version = MIGRATIONS.len();
    assert_eq!(block_on(migrate(&stores.db())).unwrap(), Migration::Done { from: 0 });
    for statement in role_statements("limited") {
        stores.database().run(&statement);
    }
    let store = limited();
    assert_eq!(block_on(store.ping()).unwrap() as usize, version);
    let user = block_on(user(&store, "asad"));
    block_on(insert(&store, user, task("one")));
    let patience = block_on(db().run("SHOW statement_timeout", &[])).unwrap();
    assert_eq!(patience.rows, [[Value::Text("10s".to_owned())]]);
}
