//! What the store makes of the failures of PostgreSQL, told by a database that fails as scripted.
#![expect(clippy::unwrap_used, reason = "a test tells what went wrong by its panic")]

use std::cell::RefCell;
use std::collections::VecDeque;

use futures::executor::block_on;
use task_domain::UserId;
use task_store::change_set::ChangeSet;
use task_store::postgres::MIGRATIONS;
use task_store::store::StoreError;
use task_store::{Caller, CommitOutcome, Committed, Db, DbError, Dialect, Rows};
use task_store::{SqlStore, Store, Value};
use uuid::Uuid;

/// Answers each statement with the next entry of a script, and remembers what it was asked.
struct Scripted {
    script: RefCell<VecDeque<Result<Rows, DbError>>>,
    asked: RefCell<Vec<String>>,
}

impl Db for Scripted {
    async fn run(&self, statement: &str, _params: &[Value]) -> Result<Rows, DbError> {
        self.asked.borrow_mut().push(statement.to_owned());
        self.script.borrow_mut().pop_front().unwrap()
    }
}

impl Scripted {
    fn asked(&self, word: &str) -> usize {
        self.asked.borrow().iter().filter(|it| it.contains(word)).count()
    }
}

fn store(script: impl IntoIterator<Item = Result<Rows, DbError>>) -> SqlStore<Scripted> {
    let script = RefCell::new(script.into_iter().collect());
    SqlStore::new(Scripted { script, asked: RefCell::default() }, Dialect::Postgres)
}

fn row(values: Vec<Value>) -> Result<Rows, DbError> {
    Ok(Rows { columns: Vec::new(), rows: vec![values] })
}

fn refused(text: &str) -> Result<Rows, DbError> {
    Err(DbError::Refused(text.to_owned()))
}

fn unanswered() -> Result<Rows, DbError> {
    Err(DbError::Unanswered("connection reset".to_owned()))
}

fn committed_row() -> Result<Rows, DbError> {
    let mut values = vec![Value::Text("committed".to_owned()), Value::Integer(1)];
    values.resize(7, Value::Null);
    row(values)
}

fn change() -> ChangeSet {
    let at = chrono::DateTime::from_timestamp_millis(0).unwrap();
    ChangeSet::new(Uuid::from_u128(1), UserId(Uuid::from_u128(2)), at)
}

fn commit(store: &SqlStore<Scripted>) -> Result<CommitOutcome, StoreError> {
    block_on(store.commit(&change()))
}

fn done() -> CommitOutcome {
    CommitOutcome::Committed(Committed::default())
}

#[test]
fn what_lost_against_others_is_run_again_and_not_for_ever() {
    for state in ["40001", "40P01"] {
        let lost = || refused(&format!("{state}: try again"));
        let lucky = store([lost(), lost(), committed_row()]);
        assert_eq!(commit(&lucky).unwrap(), done());

        let unlucky = store((0..100).map(|_| lost()));
        let outcome = commit(&unlucky);
        assert!(matches!(outcome, Err(StoreError::Db(DbError::Unavailable(_)))), "{outcome:?}");
        assert_eq!(unlucky.db().asked("commit_change_set"), 6);
    }
}

#[test]
fn a_change_without_an_answer_is_sent_again_and_not_for_ever() {
    let interrupted = || refused("57P01: terminating connection due to administrator command");
    let broken = || refused("08006: connection failure");
    for silence in [unanswered, interrupted as fn() -> _, broken as fn() -> _] {
        assert_eq!(commit(&store([silence(), silence(), committed_row()])).unwrap(), done());
        let outage = store((0..100).map(|_| silence()));
        let outcome = commit(&outage);
        assert!(matches!(outcome, Err(StoreError::Db(DbError::Unanswered(_)))), "{outcome:?}");
        assert_eq!(outage.db().asked("commit_change_set"), 3);
    }
}

#[test]
fn what_would_do_harm_twice_is_not_repeated() {
    let caller = Caller::from(UserId(Uuid::from_u128(2)));
    let outcome = block_on(store([unanswered()]).set_password(caller, "hash"));
    assert!(matches!(outcome, Err(StoreError::Db(DbError::Unanswered(_)))), "{outcome:?}");
    let outcome = block_on(store([unanswered()]).put_channels(caller, None, &[]));
    assert!(matches!(outcome, Err(StoreError::Db(DbError::Unanswered(_)))), "{outcome:?}");
}

#[test]
fn what_the_server_cannot_do_now_is_unavailability() {
    for state in ["55P03", "57014", "53300", "57P03"] {
        let outcome = commit(&store([refused(&format!("{state}: not now"))]));
        assert!(matches!(outcome, Err(StoreError::Db(DbError::Unavailable(_)))), "{outcome:?}");
    }
}

#[test]
fn a_statement_that_misses_the_schema_migrates_and_runs_again() {
    let missing = ["42P01", "42883", "42703", "3F000"];
    for state in missing {
        let migrations = (0..MIGRATIONS.len()).map(|_| Ok(Rows::default()));
        let lacking = || refused(&format!("{state}: there is none"));
        let script = [lacking(), lacking()].into_iter().chain(migrations);
        let store = store(script.chain([committed_row()]));
        assert_eq!(commit(&store).unwrap(), done());
        assert_eq!(store.db().asked("DO $migration$"), MIGRATIONS.len());
    }
}

#[test]
fn a_newer_schema_is_left_alone() {
    let gone = || refused("42883: function does not exist");
    let store = store([gone(), row(vec![Value::Integer(9_999)]), gone()]);
    let outcome = commit(&store);
    assert!(matches!(outcome, Err(StoreError::Db(DbError::Refused(_)))), "{outcome:?}");
    assert_eq!(store.db().asked("DO $migration$"), 0);
}

#[test]
fn who_may_not_migrate_is_told_who_can() {
    let denied = refused("42501: permission denied for schema taskmaster");
    let behind = row(vec![Value::Integer(0)]);
    let outcome = commit(&store([refused("42P01: no table"), behind, denied]));
    let Err(StoreError::Db(DbError::Refused(text))) = outcome else { panic!("{outcome:?}") };
    assert!(text.starts_with("42501") && text.contains("cargo xtask migrate"), "{text}");
}
