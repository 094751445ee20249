//! Works that run every statement of the store, for whoever looks at how an engine goes about it.

use task_domain::{Ordinal, Priority, SeriesId, UserId};
use task_store::account::{ProfileChange, Throttle};
use task_store::change_set::{IdempotencyKey, IdempotencyRecord, InboxKey, SuccessionChange};
use task_store::delivery::{AfterAttempt, ChannelVerdict, DeliveryQuery, DeliveryState};
use task_store::import::{ImportChunk, ImportKey};
use task_store::operations::{DeadLetter, DeadLetterKind, Retention};
use task_store::query::{Filter, Sort, TaskQuery};
use task_store::{ChangeSet, CommitOutcome, Store};

use super::deliveries::{draft, lease_at, webhook};
use super::fixture::*;
use super::outbox::{drain, published, refused};
use super::relay::LIMITS;
use super::reminders::{firing, reminder_key, ringing};
use super::retention::import;

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

/// Changes of tasks, refused ones among them, and what stands before a password.
pub(crate) async fn write<S: Store>(store: &S, user: UserId) {
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
pub(crate) async fn notify<S: Store>(store: &S, user: UserId) {
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

/// Every question about one user's data.
pub(crate) async fn read<S: Store>(store: &S, user: UserId) {
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

/// The relay, the dead letters, the gauges and the sweep.
pub(crate) async fn operate<S: Store>(store: &S, user: UserId) {
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
    store.mark_replayed(&letter, now()).await.unwrap();
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
