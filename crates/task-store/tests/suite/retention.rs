//! What people look back at goes after its time, and what an ended account leaves goes when nothing
//! of it has to be told any more.

use task_domain::{Ordinal, SeriesId, UserId};
use task_store::change_set::{IdempotencyKey, IdempotencyRecord, SuccessionChange};
use task_store::delivery::{AfterAttempt, ChannelVerdict};
use task_store::import::{Import, ImportChunk, ImportKey, ImportState};
use task_store::operations::{DeadLetter, DeadLetterKind, Retention};
use task_store::reminder::ReminderState;
use task_store::{ChangeSet, Store};

use super::Stores;
use super::channels::reached_by;
use super::deliveries::{deliver, draft, lease_at, webhook};
use super::fixture::*;
use super::outbox::{drain, refused};
use super::relay::LIMITS;
use super::reminders::{reminder_key, ringing};

/// Keeps everything but what people look back at, which it keeps from this moment on.
fn history(ms: i64) -> Retention {
    let always = at(-1_000_000);
    Retention {
        events_before: always,
        idempotency_before: always,
        history_before: at(ms),
        batch: 100,
    }
}

pub(crate) fn import(ms: i64) -> Import {
    Import {
        id: mint(),
        format: "csv".to_owned(),
        state: ImportState::Done,
        read_bytes: 0,
        total_bytes: None,
        records: 0,
        created: 0,
        duplicates: 0,
        failed: 0,
        errors: "[]".to_owned(),
        started_at: at(ms),
        updated_at: at(ms),
    }
}

fn letter(name: &str) -> DeadLetter {
    DeadLetter {
        id: 0,
        kind: DeadLetterKind::Undeliverable,
        topic: "task-events".to_owned(),
        event_id: name.to_owned(),
        event_type: "task.created".to_owned(),
        reason: "unknown".to_owned(),
        body: "{}".to_owned(),
        received_at: at(0),
        replayed_at: None,
    }
}

pub(crate) async fn history_goes_after_its_time(stores: &impl Stores) {
    let store = stores.open();
    let hook = webhook("a");
    let user = reached_by(&store, "asad", std::slice::from_ref(&hook)).await;
    let drafts = [draft(&hook, 0), draft(&hook, 0), draft(&hook, 0)];
    deliver(&store, user, &drafts).await;
    let holder = mint();
    store.lease_deliveries(&lease_at(holder, 0)).await.unwrap();
    for (draft, ms) in drafts.iter().zip([10, 20]) {
        let (failed, keep) = (AfterAttempt::Failed, ChannelVerdict::Keep);
        let finished = store.finish_attempt(holder, draft.id, None, &failed, &keep, at(ms)).await;
        assert!(finished.unwrap());
    }
    for ms in [10, 20] {
        store.put_import(user, &import(ms)).await.unwrap();
    }
    for name in ["open", "replayed", "replayed later"] {
        store.bury(&letter(name)).await.unwrap();
    }
    let letters = store.dead_letters(None, 10).await.unwrap();
    for (letter, ms) in letters[1..].iter().zip([10, 20]) {
        assert!(store.mark_replayed(letter, at(ms)).await.unwrap());
    }
    // A delivery, an import and a letter at a time; what is pending or open stays for good.
    let mut removed = Vec::new();
    for ms in [10, 11, 20, 21, 1_000_000] {
        removed.push(store.sweep(history(ms)).await.unwrap());
    }
    assert_eq!(removed, [0, 3, 0, 3, 0]);
    let gauges = store.gauges(now()).await.unwrap();
    assert_eq!((gauges.deliveries_pending, gauges.dead_letters), (1, 1));
}

/// Leaves a row of this user in every table that has any.
async fn live<S: Store>(store: &S, name: &str) -> UserId {
    let hook = webhook(name);
    let user = reached_by(store, name, std::slice::from_ref(&hook)).await;
    deliver(store, user, &[draft(&hook, 0)]).await;
    let idempotency = IdempotencyKey { scope: "POST /t".to_owned(), body_hash: String::new() };
    let uid = format!("uid of {name}");
    let keys = vec![ImportKey { source: "csv".to_owned(), uid, insert: 0 }];
    let change_set = ChangeSet {
        successions: vec![SuccessionChange::Claim {
            series: SeriesId(mint()),
            ordinal: Ordinal(1),
            insert: 0,
        }],
        import: Some(ImportChunk { import: import(0), keys }),
        idempotency: Some(IdempotencyRecord { key: idempotency, status: 201, body: None }),
        ..insertion(user, ringing(&[-5, 5]))
    };
    commit(store, &change_set).await;
    user
}

/// Whether a row of any table tells of this user.
fn is_known(stores: &impl Stores, user: UserId) -> bool {
    stores.dump().contains(&user.to_string())
}

async fn sweep_all<S: Store>(store: &S, batch: u32) -> Vec<u64> {
    let mut removed = Vec::new();
    loop {
        removed.push(store.sweep(Retention { batch, ..history(-1_000_000) }).await.unwrap());
        assert!(removed.len() < 100, "a sweep never ends: {removed:?}");
        if removed.ends_with(&[0]) {
            return removed;
        }
    }
}

pub(crate) async fn an_ended_account_is_erased_once_nothing_is_to_tell(stores: &impl Stores) {
    let store = stores.open();
    let (asad, bina) = (live(&store, "asad").await, live(&store, "bina").await);
    let told = store.untold_reminders(at(0), at(0), 10).await.unwrap();
    let keys: Vec<_> = told.iter().map(|it| it.key).collect();
    store.reminders_told(now(), &keys, &[]).await.unwrap();
    commit(&store, &ChangeSet { tombstone: true, ..change(asad) }).await;

    assert_eq!(sweep_all(&store, 100).await, [0], "its events are still to be published");
    drain(&store, now()).await;
    assert_eq!(sweep_all(&store, 100).await, [0], "the scheduler still rings");
    let untold = store.untold_reminders(at(0), at(0), 10).await.unwrap();
    let states: Vec<_> = untold.iter().map(|it| (it.key, it.state)).collect();
    let cancelled = reminder_key(asad, untold[0].key.task, 1, 2);
    assert_eq!(states, [(cancelled, ReminderState::Cancelled)]);
    store.reminders_told(now(), &[], &[cancelled]).await.unwrap();

    // An event, a task, a succession, a skipped reminder, a delivery, an answer, an import, a key;
    // then the account.
    assert!(is_known(stores, asad));
    assert_eq!(sweep_all(&store, 100).await, [8, 1, 0]);
    assert!(!is_known(stores, asad));
    assert_eq!(store.gauges(now()).await.unwrap().tasks, 1);
    assert!(store.account(bina.into()).await.unwrap().is_some());
    assert_eq!(store.gauges(now()).await.unwrap().deliveries_pending, 1);
}

pub(crate) async fn erasing_an_account_takes_bounded_steps(stores: &impl Stores) {
    let store = stores.open();
    let user = user(&store, "asad").await;
    for _ in 0..25 {
        insert(&store, user, task("one of many")).await;
    }
    drain(&store, now()).await;
    commit(&store, &ChangeSet { tombstone: true, ..change(user) }).await;
    // Ten events and ten tasks at a time.
    assert_eq!(sweep_all(&store, 10).await, [20, 20, 10, 1, 0]);
    assert!(!is_known(stores, user));
}

pub(crate) async fn a_parked_event_leaves_no_letter_of_an_ended_account(stores: &impl Stores) {
    let store = stores.open();
    let user = user(&store, "asad").await;
    insert(&store, user, task("to park")).await;
    let holder = mint();
    let batch = store.claim(holder, now(), LIMITS).await.unwrap().unwrap();
    let parked = refused(&batch[0], now(), true);
    store.mark(holder, now(), &[parked], LIMITS).await.unwrap().unwrap();
    store.release(holder, None).await.unwrap();
    assert_eq!(store.dead_letters(None, 10).await.unwrap().len(), 1);
    commit(&store, &ChangeSet { tombstone: true, ..change(user) }).await;
    sweep_all(&store, 100).await;
    assert_eq!(store.dead_letters(None, 10).await.unwrap(), []);
}
