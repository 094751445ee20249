//! Connections that end and transactions that lose, in the middle of a unit of work.

use std::thread;

use futures::executor::block_on;
use task_domain::{Task, UserId};
use task_store::{CommitOutcome, Db, DbError, Dialect, Rows, SqlStore, Store, Value};
use test_support::wait::eventually;

use crate::bystander::Bystander;
use crate::db::PostgresDb;
use crate::stores::PostgresStores;
use crate::suite::Stores;
use crate::suite::fixture::*;
use crate::suite::reminders::ringing;

/// Loses the answer of the first commit that was done.
struct Forgetful {
    db: PostgresDb,
    lost: std::cell::Cell<bool>,
}

impl Db for Forgetful {
    async fn run(&self, statement: &str, params: &[Value]) -> Result<Rows, DbError> {
        let outcome = self.db.run(statement, params).await;
        if statement.contains("commit_change_set") && !self.lost.replace(true) {
            outcome.unwrap();
            return Err(DbError::Unanswered("the connection was lost".to_owned()));
        }
        outcome
    }
}

/// A connection that waits for a lock of ours.
const WAITING: &str = "SELECT pid FROM pg_stat_activity
    WHERE datname = current_database() AND wait_event_type = 'Lock'";

fn commit_of(stores: &PostgresStores, user: UserId) -> CommitOutcome {
    block_on(stores.open().commit(&insertion(user, task("one")))).unwrap()
}

fn wait_for_the_commit(stores: &PostgresStores) -> String {
    eventually("the commit waits", || {
        let pid = stores.database().run(WAITING);
        (!pid.is_empty()).then_some(pid)
    })
}

/// One task, one event, one change: it happened once, whatever was in between.
fn assert_done_once(stores: &PostgresStores, outcome: &CommitOutcome) {
    let CommitOutcome::Committed(committed) = outcome else { panic!("{outcome:?}") };
    assert_eq!(committed.numbers.iter().map(|it| it.0).collect::<Vec<_>>(), [1]);
    let rows = "SELECT (SELECT count(*) FROM taskmaster.tasks),
                       (SELECT count(*) FROM taskmaster.events),
                       (SELECT count(*) FROM taskmaster.changes)";
    assert_eq!(stores.database().run(rows), "1|1|1");
}

#[test]
fn an_answer_that_was_lost_is_told_by_the_repetition() {
    let stores = PostgresStores::fresh();
    let user = block_on(user(&stores.open(), "asad"));
    let db = Forgetful { db: stores.db(), lost: std::cell::Cell::new(false) };
    let store = SqlStore::new(db, Dialect::Postgres);
    let outcome = block_on(store.commit(&insertion(user, task("one")))).unwrap();
    assert_done_once(&stores, &outcome);
}

#[test]
fn a_connection_ended_in_mid_commit_is_replaced_and_the_change_happens_once() {
    let stores = PostgresStores::fresh();
    let user = block_on(user(&stores.open(), "asad"));
    let holder = Bystander::of(stores.database());
    holder.run(&format!("BEGIN; SELECT 1 FROM taskmaster.users WHERE id = '{user}' FOR UPDATE"));
    thread::scope(|scope| {
        let commit = scope.spawn(|| commit_of(&stores, user));
        let pid = wait_for_the_commit(&stores);
        assert_eq!(stores.database().run(&format!("SELECT pg_terminate_backend({pid})")), "t");
        let again = eventually("the commit is sent again", || {
            let waiting = stores.database().run(WAITING);
            (!waiting.is_empty() && waiting != pid).then_some(waiting)
        });
        assert_ne!(again, pid);
        holder.run("COMMIT");
        assert_done_once(&stores, &commit.join().unwrap());
    });
}

#[test]
fn a_deadlock_with_somebody_else_is_survived() {
    let stores = PostgresStores::fresh();
    let user = block_on(user(&stores.open(), "asad"));
    // The head of the outbox is what a relay holds; nobody of ours takes the account after it.
    stores
        .database()
        .run(&format!("INSERT INTO taskmaster.outbox_heads VALUES ('{user}', 0, 0, 0)"));
    let holder = Bystander::of(stores.database());
    holder.run("SET deadlock_timeout = '1min'");
    holder.run("BEGIN; SELECT 1 FROM taskmaster.outbox_heads FOR UPDATE");
    thread::scope(|scope| {
        let commit = scope.spawn(|| commit_of(&stores, user));
        wait_for_the_commit(&stores);
        // Waits until the commit, which holds the account, has lost.
        holder.run(&format!("SELECT 1 FROM taskmaster.users WHERE id = '{user}' FOR UPDATE"));
        holder.run("COMMIT");
        assert_done_once(&stores, &commit.join().unwrap());
    });
}

#[test]
fn a_change_that_cannot_be_put_in_order_is_run_again() {
    let stores = PostgresStores::fresh();
    let user = block_on(user(&stores.open(), "asad"));
    stores.database().run(
        "DO $$ BEGIN EXECUTE format(
           'ALTER DATABASE %I SET default_transaction_isolation = ''repeatable read''',
           current_database()
         ); END $$",
    );
    let holder = Bystander::of(stores.database());
    holder.run(&format!("BEGIN; UPDATE taskmaster.users SET name = 'new' WHERE id = '{user}'"));
    thread::scope(|scope| {
        let commit = scope.spawn(|| commit_of(&stores, user));
        wait_for_the_commit(&stores);
        holder.run("COMMIT");
        assert_done_once(&stores, &commit.join().unwrap());
    });
}

#[test]
fn a_reminder_that_is_armed_while_its_task_is_completed_rings_no_more() {
    let stores = PostgresStores::fresh();
    let store = stores.open();
    let user = block_on(user(&store, "asad"));
    let number = block_on(insert(&store, user, ringing(&[5])));
    let completed = Task { completed_at: Some(now()), ..ringing(&[5]) };
    let completion = replacement(user, number, 1, completed);
    let scheduler = Bystander::of(stores.database());
    scheduler.run("BEGIN; UPDATE taskmaster.reminders SET armed_at = 1");
    thread::scope(|scope| {
        let commit = scope.spawn(|| block_on(stores.open().commit(&completion)).unwrap());
        wait_for_the_commit(&stores);
        scheduler.run("COMMIT");
        let outcome = commit.join().unwrap();
        assert!(matches!(outcome, CommitOutcome::Committed(_)), "{outcome:?}");
    });
    assert_eq!(stores.database().run("SELECT state FROM taskmaster.reminders"), "cancelled");
}

#[test]
fn a_lock_that_is_not_given_in_time_is_unavailability() {
    let stores = PostgresStores::fresh();
    let user = block_on(user(&stores.open(), "asad"));
    let holder = Bystander::of(stores.database());
    holder.run(&format!("BEGIN; SELECT 1 FROM taskmaster.users WHERE id = '{user}' FOR UPDATE"));
    let store = stores.open();
    block_on(store.db().run("SET lock_timeout = '20ms'", &[])).unwrap();
    let outcome = block_on(store.commit(&insertion(user, task("one"))));
    let unavailable = |it: &task_store::StoreError| {
        matches!(it, task_store::StoreError::Db(DbError::Unavailable(_)))
    };
    assert!(outcome.as_ref().is_err_and(unavailable), "{outcome:?}");
}
