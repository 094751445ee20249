//! Gauges, retention, readiness.

use task_store::account::Throttle;
use task_store::change_set::{IdempotencyKey, IdempotencyRecord, InboxKey, Topics};
use task_store::delivery::{AfterAttempt, ChannelVerdict};
use task_store::operations::{Gauges, Retention};
use task_store::{ChangeSet, CommitOutcome, Store};

use super::Stores;
use super::channels::reached_by;
use super::deliveries::{deliver, draft, lease_at, webhook};
use super::fixture::*;
use super::outbox::{drain, refused};
use super::relay::LIMITS;
use super::reminders::{firing, reminder_key, ringing};

pub(crate) async fn gauges_of_an_empty_database_are_zero(stores: &impl Stores) {
    let store = stores.open();
    assert_eq!(store.gauges(now()).await.unwrap(), Gauges::default());
}

pub(crate) async fn gauges_count_what_is_there(stores: &impl Stores) {
    let store = stores.open();
    let (asad, bina) = (user(&store, "asad").await, user(&store, "bina").await);
    insert(&store, asad, task("published")).await;
    drain(&store, now()).await;
    let number = insert(&store, asad, task("to park")).await;
    let holder = mint();
    let batch = store.claim(holder, now(), LIMITS).await.unwrap().unwrap();
    let marks = [refused(&batch[0], now(), true)];
    store.mark(holder, now(), &marks, LIMITS).await.unwrap().unwrap();
    commit(&store, &ChangeSet { at: at(1_000), ..deletion(asad, number, 1) }).await;
    commit(&store, &ChangeSet { at: at(2_000), ..insertion(asad, task("pending")) }).await;
    let deleted = user(&store, "chand").await;
    insert(&store, deleted, task("of a deleted user")).await;
    stores.tombstone(deleted);
    insert(&store, bina, task("pending")).await;
    let want = Gauges {
        outbox_pending: 4,
        outbox_oldest_age_ms: 4_000,
        published_total: 2,
        parked: 1,
        dead_letters: 0,
        users: 2,
        tasks: 3,
        ..Gauges::default()
    };
    assert_eq!(store.gauges(at(5_000)).await.unwrap(), want);
}

pub(crate) async fn gauges_count_reminders_and_deliveries(stores: &impl Stores) {
    let store = stores.open();
    let hook = webhook("a");
    let user = reached_by(&store, "asad", std::slice::from_ref(&hook)).await;
    let number = insert(&store, user, ringing(&[-1, 1, 2, 3])).await;
    commit(&store, &firing(reminder_key(user, number, 1, 2))).await;
    let drafts = [draft(&hook, 0), draft(&hook, 0), draft(&hook, 0)];
    deliver(&store, user, &drafts).await;
    let holder = mint();
    store.lease_deliveries(&lease_at(holder, 0)).await.unwrap();
    for (draft, after) in drafts.iter().zip([AfterAttempt::Failed, AfterAttempt::Delivered]) {
        let keep = ChannelVerdict::Keep;
        let finished = store.finish_attempt(holder, draft.id, None, &after, &keep, now()).await;
        assert!(finished.unwrap());
    }
    for (ms, overdue) in [(0, 0), (120_000, 0), (120_001, 1), (1_000_000, 2)] {
        let gauges = store.gauges(at(ms)).await.unwrap();
        assert_eq!((gauges.reminders_pending, gauges.reminders_overdue), (2, overdue));
        assert_eq!((gauges.deliveries_pending, gauges.deliveries_failed), (1, 1));
    }
}

fn retention(events_ms: i64, idempotency_ms: i64, batch: u32) -> Retention {
    Retention {
        events_before: at(events_ms),
        idempotency_before: at(idempotency_ms),
        history_before: at(idempotency_ms),
        batch,
    }
}

/// A change with every record that a sweep may remove.
fn recorded(user: task_domain::UserId, name: &str, ms: i64) -> ChangeSet {
    let key = IdempotencyKey { scope: name.to_owned(), body_hash: String::new() };
    ChangeSet {
        at: at(ms),
        inbox: Some(InboxKey { consumer: "recurrence", event_id: name.to_owned() }),
        idempotency: Some(IdempotencyRecord { key, status: 201, body: None }),
        ..insertion(user, task(name))
    }
}

pub(crate) async fn a_sweep_removes_what_is_old_and_done(stores: &impl Stores) {
    let store = stores.open();
    let user = user(&store, "asad").await;
    let old = recorded(user, "old", 0);
    let recent = recorded(user, "recent", 1_000);
    commit(&store, &old).await;
    commit(&store, &recent).await;
    let throttle = Throttle { bucket: "b".to_owned(), capacity: 5, refill_ms: 100 };
    store.throttle(&[throttle], at(0)).await.unwrap();
    drain(&store, at(1_000)).await;

    assert_eq!(store.sweep(retention(0, 0, 100)).await.unwrap(), 0);
    // An event, an inbox key, an answer, a change and a bucket that is full again.
    assert_eq!(store.sweep(retention(1_000, 1_000, 100)).await.unwrap(), 5);
    assert_eq!(store.sweep(retention(1_000, 1_000, 100)).await.unwrap(), 0);

    let again = ChangeSet { change_id: mint(), ..recent };
    assert_eq!(store.commit(&again).await.unwrap(), CommitOutcome::AlreadyConsumed);
    let forgotten = ChangeSet { change_id: mint(), ..old };
    assert!(matches!(store.commit(&forgotten).await.unwrap(), CommitOutcome::Committed(_)));
    assert_eq!(store.gauges(now()).await.unwrap().tasks, 3);
}

pub(crate) async fn a_sweep_is_bounded_by_its_batch(stores: &impl Stores) {
    let store = stores.open();
    let user = user(&store, "asad").await;
    for name in ["one", "two", "three"] {
        commit(&store, &recorded(user, name, 0)).await;
    }
    drain(&store, now()).await;
    let mut removed = Vec::new();
    for _ in 0..3 {
        removed.push(store.sweep(retention(1, 1, 2)).await.unwrap());
    }
    assert_eq!(removed, [8, 4, 0]);
}

pub(crate) async fn a_sweep_keeps_what_is_not_published(stores: &impl Stores) {
    let store = stores.open();
    let (asad, bina) = (user(&store, "asad").await, user(&store, "bina").await);
    insert(&store, asad, task("to park")).await;
    insert(&store, bina, task("pending")).await;
    insert(&store, bina, task("pending")).await;
    let holder = mint();
    let batch = store.claim(holder, now(), LIMITS).await.unwrap().unwrap();
    let parked = refused(&batch[0], now(), true);
    store.mark(holder, now(), &[parked], LIMITS).await.unwrap().unwrap();
    // Only the records of the three changes go.
    assert_eq!(store.sweep(retention(1, 1, 100)).await.unwrap(), 3);
    store.release(holder, None).await.unwrap();

    let letters = store.dead_letters(None, 1).await.unwrap();
    store.mark_replayed(&letters[0], now()).await.unwrap();
    let replayed: Vec<_> = drain(&store, now()).await.concat();
    assert_eq!(replayed.len(), 3);
    assert!(replayed.iter().all(|it| it.pending != Topics::NONE));
    // Now the events go, and the letter that was replayed.
    assert_eq!(store.sweep(retention(1, 1, 100)).await.unwrap(), 4);
}

pub(crate) async fn ping_tells_the_schema_version(stores: &impl Stores) {
    let store = stores.open();
    let version = store.ping().await.unwrap();
    assert!(version > 0);
    assert_eq!(stores.open().ping().await.unwrap(), version);
}
