//! Hosts that hand on every failure as text, wrapped in words of their own.

use futures::executor::block_on;
use task_domain::TaskNumber;
use task_store::change_set::InboxKey;
use task_store::relay::LeaseLost;
use task_store::store::StoreError;
use task_store::{ChangeSet, CommitOutcome, Db, DbError, Dialect, Rows, SqlStore, Store, Value};
use test_support::sqlite::SqliteDb;

use super::SqliteStores;
use crate::suite::fixture::*;
use crate::suite::relay::LIMITS;

struct Wordy(SqliteDb);

impl Db for Wordy {
    async fn run(&self, statement: &str, params: &[Value]) -> Result<Rows, DbError> {
        let outcome = self.0.run(statement, params).await;
        outcome.map_err(|it| DbError::Refused(format!("Error::Io(\"{it}\") (code 1)")))
    }
}

#[test]
fn refusals_are_understood_in_any_wrapping() {
    let stores = SqliteStores::fresh();
    let store = SqlStore::new(Wordy(stores.db()), Dialect::Sqlite);
    let user = block_on(user(&store, "asad"));
    let consuming = || ChangeSet {
        inbox: Some(InboxKey { consumer: "recurrence", event_id: "e-1".to_owned() }),
        ..change(user)
    };
    block_on(commit(&store, &consuming()));
    let outcome = |change_set: ChangeSet| block_on(store.commit(&change_set)).unwrap();
    assert_eq!(outcome(consuming()), CommitOutcome::AlreadyConsumed);
    assert_eq!(outcome(deletion(user, TaskNumber(1), 1)), CommitOutcome::Conflict);
    assert_eq!(outcome(change(account("nobody").id)), CommitOutcome::Gone);
    let marked = block_on(store.mark(mint(), now(), &[], LIMITS)).unwrap();
    assert_eq!(marked, Err(LeaseLost));
}

#[test]
fn a_lock_that_was_not_given_is_unavailability() {
    let stores = SqliteStores::fresh();
    let store = SqlStore::new(Wordy(stores.db()), Dialect::Sqlite);
    let user = block_on(user(&store, "asad"));
    let writer = stores.db();
    writer.with(|it| it.execute_batch("BEGIN IMMEDIATE")).unwrap();
    let impatient = stores.db();
    impatient.with(|it| it.busy_timeout(std::time::Duration::ZERO)).unwrap();
    let store = SqlStore::new(Wordy(impatient), Dialect::Sqlite);
    let outcome = block_on(store.commit(&insertion(user, task("one"))));
    assert!(matches!(outcome, Err(StoreError::Db(DbError::Unavailable(_)))), "{outcome:?}");
    writer.with(|it| it.execute_batch("ROLLBACK")).unwrap();
    block_on(insert(&store, user, task("one")));
}

#[test]
fn a_users_own_words_are_no_refusal() {
    let stores = SqliteStores::fresh();
    let store = SqlStore::new(Wordy(stores.db()), Dialect::Sqlite);
    let user = block_on(user(&store, "asad"));
    let number = block_on(insert(&store, user, task("refused: gone")));
    let record = block_on(find(&store, user, number)).unwrap();
    assert_eq!(record.task.title.as_str(), "refused: gone");
}

#[test]
fn a_row_of_another_release_names_table_and_column() {
    let stores = SqliteStores::fresh();
    let store = SqlStore::new(stores.db(), Dialect::Sqlite);
    let user = block_on(user(&store, "asad"));
    let number = block_on(insert(&store, user, task("one")));
    for (column, value) in [
        ("reminders", "'[{\"after_ms\":1}]'"),
        ("recurrence", "'{\"rule\":\"FREQ=SECONDLY\"}'"),
        ("timezone", "'Mars/Olympus_Mons'"),
        ("priority", "9"),
    ] {
        let statement = format!("UPDATE tasks SET {column} = {value}");
        stores.db().with(|it| it.execute_batch(&statement)).unwrap();
        let outcome = block_on(store.task_view(user.into(), number, None));
        let Err(StoreError::UnreadableRow(text)) = outcome else { panic!("{outcome:?}") };
        assert_eq!(text, format!("tasks.{column}"));
        stores.db().with(|it| it.execute_batch(&repair(column))).unwrap();
    }
}

fn repair(column: &str) -> String {
    let value = match column {
        "reminders" => "'[]'",
        "recurrence" => "NULL",
        "timezone" => "'UTC'",
        _ => "1",
    };
    format!("UPDATE tasks SET {column} = {value}")
}
