//! Writers at the same time, each on a connection of its own.

use std::sync::Barrier;

use futures::executor::block_on;
use task_domain::TaskNumber;
use task_store::change_set::{IdempotencyKey, IdempotencyRecord, InboxKey};
use task_store::channel::PutChannels;
use task_store::delivery::DeliveryLease;
use task_store::query::Changes;
use task_store::{ChangeSet, CommitOutcome, Store};

use super::Stores;
use super::channels::reached_by;
use super::deliveries::{deliver, draft, ids, lease_at, webhook};
use super::fixture::*;
use super::outbox::drain;
use super::relay::LIMITS;
use super::reminders::{firing, reminder_key, ringing};

const RACERS: usize = 8;

/// Starts all racers at one moment and gives what each came to.
fn race<S: Stores, T: Send>(
    stores: &S,
    racers: usize,
    run: impl Fn(&S::Store, usize) -> T + Sync,
) -> Vec<T> {
    let start = Barrier::new(racers);
    let racer = |index| {
        let store = stores.open();
        start.wait();
        run(&store, index)
    };
    std::thread::scope(|scope| {
        let racer = &racer;
        let threads: Vec<_> = (0..racers).map(|index| scope.spawn(move || racer(index))).collect();
        threads.into_iter().map(|it| it.join().unwrap()).collect()
    })
}

/// Races the same kind of change and gives the outcomes of those who were too late.
fn losers<S: Stores>(stores: &S, change_set: impl Fn() -> ChangeSet + Sync) -> Vec<CommitOutcome> {
    let mut outcomes =
        race(stores, RACERS, |store, _| block_on(store.commit(&change_set())).unwrap());
    let before = outcomes.len();
    outcomes.retain(|it| !matches!(it, CommitOutcome::Committed(_)));
    assert_eq!(before - outcomes.len(), 1, "one winner");
    outcomes
}

/// On a database that nobody has prepared: each finds that there is no schema.
pub(crate) fn first_requests_at_the_same_time(stores: &impl Stores) {
    race(stores, RACERS, |store, index| {
        let user = block_on(user(store, &format!("user {index}")));
        block_on(insert(store, user, task("one")));
    });
    let gauges = block_on(stores.open().gauges(now())).unwrap();
    assert_eq!((gauges.users, gauges.tasks), (8, 8));
}

pub(crate) async fn two_commits_on_one_version_have_one_winner(stores: &impl Stores) {
    let store = stores.open();
    let user = user(&store, "asad").await;
    let number = insert(&store, user, task("contended")).await;
    for version in 1..=10 {
        let losers = losers(stores, || replacement(user, number, version, task("winner")));
        assert!(losers.iter().all(|it| *it == CommitOutcome::Conflict), "{losers:?}");
    }
    assert_eq!(find(&store, user, number).await.unwrap().version.0, 11);
}

pub(crate) async fn concurrent_inserts_number_without_gaps(stores: &impl Stores) {
    const WRITERS: usize = 16;
    const INSERTS: usize = 25;
    let store = stores.open();
    let user = user(&store, "asad").await;
    let numbers = race(stores, WRITERS, |store, writer| {
        let title = format!("writer {writer}");
        let insert = |_| block_on(insert(store, user, task(&title)));
        (0..INSERTS).map(insert).collect::<Vec<TaskNumber>>()
    });
    assert!(numbers.iter().all(|it| it.is_sorted()));
    let mut numbers = numbers.concat();
    numbers.sort();
    assert!(numbers.iter().map(|it| it.0 as usize).eq(1..=WRITERS * INSERTS));

    let feed = store.changes(user.into(), 0, u32::MAX).await.unwrap().unwrap();
    let Changes::Page { events, seq } = feed else { panic!("the feed was reset") };
    assert_eq!(seq as usize, WRITERS * INSERTS);
    assert!(events.iter().map(|it| it.seq).eq(1..=seq));
    let drained = drain(&store, now()).await.concat();
    assert!(drained.is_sorted_by_key(|it| it.position));
    assert!(drained.iter().map(|it| it.seq).eq(1..=seq));
}

pub(crate) async fn one_message_has_one_effect_in_a_race(stores: &impl Stores) {
    let store = stores.open();
    let user = user(&store, "asad").await;
    let losers = losers(stores, || ChangeSet {
        inbox: Some(InboxKey { consumer: "recurrence", event_id: "e-1".to_owned() }),
        ..insertion(user, task("effect"))
    });
    assert!(losers.iter().all(|it| *it == CommitOutcome::AlreadyConsumed), "{losers:?}");
    assert_eq!(store.gauges(now()).await.unwrap().tasks, 1);
}

pub(crate) async fn one_key_has_one_answer_in_a_race(stores: &impl Stores) {
    let store = stores.open();
    let user = user(&store, "asad").await;
    let key = || IdempotencyKey { scope: "POST /tasks k".to_owned(), body_hash: "h".to_owned() };
    let losers = losers(stores, || ChangeSet {
        idempotency: Some(IdempotencyRecord { key: key(), status: 201, body: None }),
        ..insertion(user, task("once"))
    });
    let answer =
        CommitOutcome::AlreadyAnswered(store.answer(user.into(), &key()).await.unwrap().unwrap());
    assert!(losers.iter().all(|it| *it == answer), "{losers:?}");
}

pub(crate) async fn one_relay_holds_the_lease(stores: &impl Stores) {
    let store = stores.open();
    let user = user(&store, "asad").await;
    insert(&store, user, task("one")).await;
    let claimed =
        race(stores, RACERS, |store, _| block_on(store.claim(mint(), now(), LIMITS)).unwrap());
    assert_eq!(claimed.iter().filter(|it| it.is_ok()).count(), 1);
}

pub(crate) async fn one_firing_of_a_reminder_wins(stores: &impl Stores) {
    let store = stores.open();
    let user = user(&store, "asad").await;
    for _ in 0..5 {
        let number = insert(&store, user, ringing(&[5])).await;
        let losers = losers(stores, || firing(reminder_key(user, number, 1, 1)));
        assert!(losers.iter().all(|it| *it == CommitOutcome::Conflict), "{losers:?}");
    }
    // An event for each task, and one for each that rang.
    assert_eq!(store.gauges(now()).await.unwrap().outbox_pending, 10);
}

pub(crate) async fn one_version_of_the_channels_has_one_successor(stores: &impl Stores) {
    let store = stores.open();
    let user = user(&store, "asad").await;
    for version in 0..5 {
        let outcomes = race(stores, RACERS, |store, _| {
            block_on(store.put_channels(user.into(), Some(version), &[webhook("a")])).unwrap()
        });
        let done = PutChannels::Done { version: version + 1 };
        assert_eq!(outcomes.iter().filter(|it| **it == done).count(), 1);
        assert_eq!(outcomes.iter().filter(|it| **it == PutChannels::Conflict).count(), RACERS - 1);
    }
}

pub(crate) async fn a_delivery_is_leased_to_one(stores: &impl Stores) {
    let store = stores.open();
    let hooks = [webhook("a"), webhook("b"), webhook("c")];
    let user = reached_by(&store, "asad", &hooks).await;
    let drafts: Vec<_> = (0..60).map(|it| draft(&hooks[it % 3], 0)).collect();
    deliver(&store, user, &drafts).await;
    let leased = race(stores, RACERS, |store, _| {
        let lease = DeliveryLease { limit: 10, per_channel: 5, ..lease_at(mint(), 0) };
        block_on(store.lease_deliveries(&lease)).unwrap()
    });
    let mut leased: Vec<_> = leased.iter().flat_map(|it| ids(it)).collect();
    let all = leased.len();
    leased.sort();
    leased.dedup();
    assert_eq!((leased.len(), all), (60, 60));
}
