//! How the engine goes about each statement: no request may read a table from end to end.

use std::cell::RefCell;
use std::collections::BTreeSet;

use expect_test::expect;
use futures::executor::block_on;
use rusqlite::config::DbConfig;
use rusqlite::params_from_iter;
use task_domain::{Ordinal, Priority, SeriesId, UserId};
use task_store::account::{ProfileChange, Throttle};
use task_store::change_set::{IdempotencyKey, IdempotencyRecord, InboxKey, SuccessionChange};
use task_store::delivery::{AfterAttempt, ChannelVerdict, DeliveryQuery, DeliveryState};
use task_store::import::{ImportChunk, ImportKey};
use task_store::operations::{DeadLetter, DeadLetterKind, Retention};
use task_store::query::{Filter, Sort, TaskQuery};
use task_store::{ChangeSet, CommitOutcome, Db, DbError, Dialect, Rows, SqlStore, Store, Value};
use test_support::sqlite::SqliteDb;

use super::SqliteStores;
use crate::suite::deliveries::{draft, lease_at, webhook};
use crate::suite::fixture::*;
use crate::suite::outbox::{drain, published, refused};
use crate::suite::relay::LIMITS;
use crate::suite::reminders::{firing, reminder_key, ringing};
use crate::suite::retention::import;

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

/// Every kind of change of tasks at once.
fn full_change(user: UserId, name: &str) -> ChangeSet {
    let key = IdempotencyKey { scope: name.to_owned(), body_hash: String::new() };
    let claim =
        SuccessionChange::Claim { series: SeriesId(mint()), ordinal: Ordinal(1), insert: 0 };
    ChangeSet {
        successions: vec![claim],
        inbox: Some(InboxKey { consumer: "recurrence", event_id: name.to_owned() }),
        idempotency: Some(IdempotencyRecord { key, status: 201, body: None }),
        ..insertion(user, ringing(&[5]))
    }
}

async fn write<S: Store>(store: &S, user: UserId) {
    let number = commit(store, &full_change(user, "one")).await[0];
    let again = ChangeSet { change_id: mint(), ..full_change(user, "one") };
    assert_eq!(store.commit(&again).await.unwrap(), CommitOutcome::AlreadyConsumed);
    commit(store, &replacement(user, number, 1, task("changed"))).await;
    let doomed = insert(store, user, task("doomed")).await;
    commit(store, &deletion(user, doomed, 1)).await;
    let throttle = Throttle { bucket: "b".to_owned(), capacity: 1, refill_ms: 1 };
    for _ in 0..2 {
        store.throttle(std::slice::from_ref(&throttle), now()).await.unwrap();
    }
}

/// What is told, sent and imported, and how an account ends.
async fn notify<S: Store>(store: &S, user: UserId) {
    let hook = webhook("a");
    let channels = std::slice::from_ref(&hook);
    store.put_channels(user.into(), Some(0), channels).await.unwrap();
    store.put_channels(user.into(), Some(0), channels).await.unwrap();
    let import = import(0);
    store.put_import(user, &import).await.unwrap();
    let keys = vec![ImportKey { source: "csv".to_owned(), uid: "1".to_owned(), insert: 0 }];
    let change_set = ChangeSet {
        import: Some(ImportChunk { import: import.clone(), keys }),
        deliveries: vec![draft(&hook, 0), draft(&hook, 0)],
        ..insertion(user, ringing(&[5, 6]))
    };
    let number = commit(store, &change_set).await[0];
    commit(store, &firing(reminder_key(user, number, 1, 1))).await;
    let key = reminder_key(user, number, 1, 2);
    store.reminders_told(now(), &[key], &[key]).await.unwrap();
    let holder = mint();
    let lease = lease_at(holder, 0);
    let leased = store.lease_deliveries(&lease).await.unwrap();
    let disable = ChannelVerdict::Disable { reason: String::new() };
    let id = leased[0].delivery.id;
    let after = AfterAttempt::Failed;
    assert!(store.finish_attempt(holder, id, None, &after, &disable, now()).await.unwrap());
    store.replay_delivery(user.into(), id, now()).await.unwrap();
    store.change_profile(user.into(), &ProfileChange::default()).await.unwrap();
    store.set_password(user.into(), "").await.unwrap();
    commit(store, &ChangeSet { tombstone: true, ..change(user) }).await;
}

async fn read<S: Store>(store: &S, user: UserId) {
    let number = task_domain::TaskNumber(1);
    let key = IdempotencyKey { scope: "one".to_owned(), body_hash: String::new() };
    store.task_view(user.into(), number, Some(&key)).await.unwrap();
    store.answer(user.into(), &key).await.unwrap();
    store.series(user.into(), number, 10).await.unwrap();
    store.stats(user.into(), now(), (at(0), at(1))).await.unwrap();
    store.changes(user.into(), 1, 10).await.unwrap();
    store.account(user.into()).await.unwrap();
    store.account_by_email("asad@example.org").await.unwrap();
    store.account_by_external_sub("idp|1").await.unwrap();
    store.reminders_of_task(user, number).await.unwrap();
    store.reminder(reminder_key(user, number, 1, 1)).await.unwrap();
    store.channels(user.into()).await.unwrap();
    store.delivery(user.into(), mint()).await.unwrap();
    let log = DeliveryQuery {
        state: Some(DeliveryState::Failed),
        channel: Some(webhook("a").id),
        before: None,
        limit: 1,
    };
    store.deliveries(user.into(), &log).await.unwrap();
    store.import(user.into(), mint()).await.unwrap();
    store.imports(user.into(), 1).await.unwrap();
    store.known_import_keys(user, "csv", &["1".to_owned()]).await.unwrap();
    for sort in [Sort::Created, Sort::Title, Sort::DueDate, Sort::Priority, Sort::Status] {
        for descending in [false, true] {
            let mut query = TaskQuery {
                priority: Some(Priority::Medium),
                search: Some("e".to_owned()),
                sort,
                descending,
                ..TaskQuery::all(Filter::Pending, 1)
            };
            query.cursor = store.list(user.into(), &query).await.unwrap().unwrap().next_cursor;
            assert!(query.cursor.is_some());
            store.list(user.into(), &query).await.unwrap();
        }
    }
}

async fn operate<S: Store>(store: &S, user: UserId) {
    let holder = mint();
    store.lease_state(now()).await.unwrap();
    let mut batch = store.claim(holder, now(), LIMITS).await.unwrap().unwrap();
    let parked = refused(&batch[0], now(), true);
    batch = store.mark(holder, now(), &[parked], LIMITS).await.unwrap().unwrap();
    let marks = [published(&batch[0])];
    store.mark(holder, now(), &marks, LIMITS).await.unwrap().unwrap();
    store.release(holder, None).await.unwrap();
    let letter = store.dead_letters(None, 10).await.unwrap().remove(0);
    store.dead_letter(letter.id).await.unwrap();
    store.mark_replayed(letter.id, now()).await.unwrap();
    let letter = DeadLetter { kind: DeadLetterKind::Undeliverable, ..letter };
    store.bury(&letter).await.unwrap();
    store.gauges(now()).await.unwrap();
    store.overdue_reminders(at(1), 10).await.unwrap();
    store.untold_reminders(at(1), at(1), 10).await.unwrap();
    store.lease_deliveries(&lease_at(holder, 0)).await.unwrap();
    let retention = Retention {
        events_before: at(1),
        idempotency_before: at(1),
        history_before: at(1),
        batch: 10,
    };
    commit(store, &ChangeSet { tombstone: true, ..change(user) }).await;
    drain(store, now()).await;
    for _ in 0..3 {
        store.sweep(retention).await.unwrap();
    }
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
        SCAN relay
        SCAN reminders USING COVERING INDEX reminders_pending
        SCAN reminders USING INDEX reminders_cancelled
        SCAN task
        SCAN users USING INDEX users_live_email
    "#]]
    .assert_eq(&scans(&steps));
}
