//! A database that is empty, behind, ahead, or being migrated by somebody else.

use std::cell::Cell;

use futures::executor::block_on;
use task_domain::{TaskNumber, UserId};
use task_store::query::{Filter, TaskQuery};
use task_store::sqlite::{MIGRATIONS, statements};
use task_store::store::StoreError;
use task_store::{Db, DbError, Dialect, Rows, SqlStore, Store, Value};
use test_support::sqlite::SqliteDb;
use uuid::Uuid;

use super::SqliteStores;
use crate::suite::Stores;
use crate::suite::fixture::*;
use crate::suite::races::first_requests_at_the_same_time;

/// Dies before its n-th statement, and with it everything that follows.
struct Dying {
    db: SqliteDb,
    statements_left: Cell<usize>,
}

impl Db for Dying {
    async fn run(&self, statement: &str, params: &[Value]) -> Result<Rows, DbError> {
        let Some(left) = self.statements_left.get().checked_sub(1) else {
            return Err(DbError::Unavailable("the process died".to_owned()));
        };
        self.statements_left.set(left);
        self.db.run(statement, params).await
    }
}

fn journal_mode(stores: &SqliteStores) -> String {
    stores.db().with(|it| it.query_row("PRAGMA journal_mode", [], |row| row.get(0))).unwrap()
}

fn user_version(stores: &SqliteStores) -> usize {
    let read = |row: &rusqlite::Row<'_>| row.get::<_, u32>(0);
    stores.db().with(|it| it.query_row("PRAGMA user_version", [], read)).unwrap() as usize
}

/// Applies the first migrations as an earlier release would have.
fn migrate_up_to(stores: &SqliteStores, version: usize) {
    let db = stores.db();
    for statement in MIGRATIONS[..version].iter().copied().flat_map(statements) {
        db.with(|it| it.execute_batch(statement)).unwrap();
    }
}

#[test]
fn an_empty_database_migrates_by_its_first_statement() {
    let stores = SqliteStores::fresh();
    let store = stores.open();
    let user = block_on(user(&store, "asad"));
    block_on(insert(&store, user, task("one")));
    assert_eq!(journal_mode(&stores), "wal");
    assert_eq!(user_version(&stores), MIGRATIONS.len());
}

#[test]
fn readiness_migrates_too() {
    for version in 0..MIGRATIONS.len() {
        let stores = SqliteStores::fresh();
        migrate_up_to(&stores, version);
        let latest = u32::try_from(MIGRATIONS.len()).unwrap();
        assert_eq!(block_on(stores.open().ping()).unwrap(), latest);
    }
}

#[test]
fn first_requests_at_the_same_time_migrate_once() {
    for _ in 0..5 {
        let stores = SqliteStores::fresh();
        first_requests_at_the_same_time(&stores);
        assert_eq!(journal_mode(&stores), "wal");
    }
}

/// An account and a task as the first release wrote them. The task rings in 1970 and in 2100.
const OLD_ROWS: &str = r#"
    INSERT INTO users (id, email, name, timezone, token_epoch, next_task_number, created_at)
    VALUES ('00000000-0000-0000-0000-000000000001', 'asad@example.org', 'asad', 'UTC', 0, 2, 0);
    INSERT INTO tasks (
      user_id, number, version, title, description, priority, tags, due_at, timezone, reminders,
      subtasks, created_at, updated_at, title_key, search_text, completed, due_ascending,
      due_descending
    )
    VALUES (
      '00000000-0000-0000-0000-000000000001', 1, 3, 'Café', '', 1, '[]', 4102444800000, 'UTC',
      '[{"before_ms":1000},{"at":0},{"at":4102444799000}]', '[]', 0, 0, 'café', 'café', 0,
      4102444800000, 4102444800000
    );
"#;

#[test]
fn an_older_schema_migrates_in_place_and_keeps_its_rows() {
    for version in 1..MIGRATIONS.len() {
        let stores = SqliteStores::fresh();
        migrate_up_to(&stores, version);
        stores.db().with(|it| it.execute_batch(OLD_ROWS)).unwrap();
        let store = stores.open();
        let account = block_on(store.account_by_email("asad@example.org")).unwrap().unwrap();
        let user = account.id;
        assert_eq!(block_on(insert(&store, user, task("two"))), TaskNumber(2));
        let old = block_on(find(&store, user, TaskNumber(1))).unwrap();
        assert_eq!(old.task.title.as_str(), "Café");
        block_on(store.ping()).unwrap();
        assert_eq!(user_version(&stores), MIGRATIONS.len());
    }
}

#[test]
fn tasks_of_an_older_schema_ring() {
    let stores = SqliteStores::fresh();
    migrate_up_to(&stores, 3);
    stores.db().with(|it| it.execute_batch(OLD_ROWS)).unwrap();
    let user = UserId(Uuid::from_u128(1));
    let rows = block_on(stores.open().reminders_of_task(user, TaskNumber(1))).unwrap();
    let got: Vec<_> = rows.iter().map(|it| (it.fire_at.timestamp(), it.key.version.0)).collect();
    assert_eq!(got, [(4_102_444_799, 3)]);
}

/// More than are folded in one statement.
const MANY: u32 = 1_203;

#[test]
fn tasks_of_an_older_schema_are_found_as_new_ones_are() {
    let stores = SqliteStores::fresh();
    migrate_up_to(&stores, 3);
    stores.db().with(|it| it.execute_batch(OLD_ROWS)).unwrap();
    let copies = format!(
        "INSERT INTO tasks SELECT user_id, number + value, version, title, description, priority,
           tags, due_at, timezone, recurrence, reminders, subtasks, series_id, occurrence,
           completed_at, created_at, updated_at, title_key, search_text, completed, due_ascending,
           due_descending
         FROM tasks, json_each('[{}]')",
        (1..MANY).map(|it| it.to_string()).collect::<Vec<_>>().join(",")
    );
    stores.db().with(|it| it.execute_batch(&copies)).unwrap();
    let store = stores.open();
    block_on(store.ping()).unwrap();
    let caller = UserId(Uuid::from_u128(1)).into();
    let search = TaskQuery { search: Some("CAFE".to_owned()), ..TaskQuery::all(Filter::All, 1) };
    let page = block_on(store.list(caller, &search)).unwrap().unwrap();
    assert_eq!(page.total, u64::from(MANY));
}

#[test]
fn an_open_connection_follows_a_migration_by_another() {
    let stores = SqliteStores::fresh();
    migrate_up_to(&stores, 1);
    let (first, second) = (stores.open(), stores.open());
    let user = block_on(user(&first, "asad"));
    assert!(block_on(second.account(user.into())).unwrap().is_some());
    block_on(insert(&first, user, task("one")));
    block_on(insert(&second, user, task("two")));
}

#[test]
fn a_migration_that_dies_anywhere_leaves_a_database_that_migrates() {
    for statements_left in 1.. {
        let stores = SqliteStores::fresh();
        let dying = Dying { db: stores.db(), statements_left: Cell::new(statements_left) };
        let outcome = block_on(SqlStore::new(dying, Dialect::Sqlite).ping());
        let died = matches!(outcome, Err(StoreError::Db(DbError::Unavailable(_))));
        assert!(died || outcome.is_ok(), "{outcome:?}");
        let store = stores.open();
        let user = block_on(user(&store, "asad"));
        block_on(insert(&store, user, task("one")));
        if !died {
            let needed: usize = MIGRATIONS.iter().map(|it| statements(it).count()).sum();
            assert!(statements_left > needed);
            return;
        }
    }
}

#[test]
fn a_newer_schema_is_left_alone() {
    let stores = SqliteStores::fresh();
    block_on(stores.open().ping()).unwrap();
    stores.db().with(|it| it.execute_batch("PRAGMA user_version = 99; DROP TABLE inbox")).unwrap();
    let store = stores.open();
    assert_eq!(block_on(store.ping()).unwrap(), 99);
    let user = block_on(user(&store, "asad"));
    let outcome = block_on(store.commit(&insertion(user, task("one"))));
    let Err(StoreError::Db(DbError::Refused(text))) = outcome else { panic!("{outcome:?}") };
    assert!(text.contains("no such table: main.inbox"), "{text}");
    assert_eq!(user_version(&stores), 99);
}
