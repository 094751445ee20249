//! The feed of a user's changes, from which a device catches up.

use task_domain::{TaskNumber, UserId};
use task_store::change_set::{TaskRef, Topics};
use task_store::operations::Retention;
use task_store::query::Changes;
use task_store::{ChangeSet, Store};

use super::Stores;
use super::fixture::*;
use super::outbox::drain;

/// The sequence numbers after `after`, or the number from which to start anew.
async fn feed<S: Store>(
    store: &S,
    user: UserId,
    after: u64,
    limit: u32,
) -> Result<(Vec<u64>, u64), u64> {
    match store.changes(user.into(), after, limit).await.unwrap().unwrap() {
        Changes::Page { events, seq } => Ok((events.iter().map(|it| it.seq).collect(), seq)),
        Changes::Reset { seq } => Err(seq),
    }
}

pub(crate) async fn the_feed_pages_through_every_change_in_order(stores: &impl Stores) {
    let store = stores.open();
    let (asad, bina) = (user(&store, "asad").await, user(&store, "bina").await);
    assert_eq!(feed(&store, asad, 0, 10).await, Ok((vec![], 0)));
    for title in ["one", "two", "three"] {
        insert(&store, asad, task(title)).await;
        insert(&store, bina, task(title)).await;
    }
    assert_eq!(feed(&store, asad, 0, 2).await, Ok((vec![1, 2], 3)));
    assert_eq!(feed(&store, asad, 2, 2).await, Ok((vec![3], 3)));
    assert_eq!(feed(&store, asad, 3, 2).await, Ok((vec![], 3)));
    let Some(Changes::Page { events, .. }) = store.changes(bina.into(), 1, 1).await.unwrap() else {
        panic!("no page");
    };
    assert_eq!((events[0].seq, events[0].number), (2, TaskNumber(2)));
    assert_eq!(events[0].body, r#"{"type":"task.updated"}"#);
}

pub(crate) async fn a_cursor_beyond_the_feed_is_reset(stores: &impl Stores) {
    let store = stores.open();
    let user = user(&store, "asad").await;
    insert(&store, user, task("one")).await;
    for after in [2, u64::MAX] {
        assert_eq!(feed(&store, user, after, 10).await, Err(1));
    }
}

pub(crate) async fn a_cursor_before_what_is_kept_is_reset(stores: &impl Stores) {
    let store = stores.open();
    let user = user(&store, "asad").await;
    for title in ["one", "two", "three", "four"] {
        insert(&store, user, task(title)).await;
    }
    drain(&store, now()).await;
    let retention = Retention {
        events_before: at(1),
        idempotency_before: at(0),
        history_before: at(0),
        batch: 2,
    };
    assert_eq!(store.sweep(retention).await.unwrap(), 2);
    assert_eq!(feed(&store, user, 0, 10).await, Err(4));
    assert_eq!(feed(&store, user, 1, 10).await, Err(4));
    assert_eq!(feed(&store, user, 2, 10).await, Ok((vec![3, 4], 4)));
    store.sweep(retention).await.unwrap();
    assert_eq!(feed(&store, user, 3, 10).await, Err(4));
    assert_eq!(feed(&store, user, 4, 10).await, Ok((vec![], 4)));
}

pub(crate) async fn reminders_are_not_in_the_feed(stores: &impl Stores) {
    let store = stores.open();
    let user = user(&store, "asad").await;
    let number = insert(&store, user, task("one")).await;
    let task_ref = TaskRef::Number(number);
    let events = vec![
        event_to(task_ref, Topics::REMINDERS),
        event(task_ref),
        event_to(task_ref, Topics::REMINDERS),
        event(task_ref),
    ];
    commit(&store, &ChangeSet { events, ..change(user) }).await;
    assert_eq!(feed(&store, user, 0, 10).await, Ok((vec![1, 2, 3], 3)));
}

pub(crate) async fn nobody_reads_the_feed_of_a_deleted_user(stores: &impl Stores) {
    let store = stores.open();
    let user = user(&store, "asad").await;
    insert(&store, user, task("one")).await;
    stores.tombstone(user);
    assert_eq!(store.changes(user.into(), 0, 10).await.unwrap(), None);
    assert_eq!(store.changes(account("nobody").id.into(), 0, 10).await.unwrap(), None);
}
