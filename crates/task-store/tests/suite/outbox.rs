//! The outbox: which events a batch holds, and what a mark does to them.

use chrono::{DateTime, Utc};
use task_domain::{TaskNumber, UserId};
use task_store::change_set::{EventDraft, TaskRef, Topics};
use task_store::relay::{Mark, OutboxEvent, Refusal};
use task_store::store::BatchLimits;
use task_store::{ChangeSet, Store};
use uuid::Uuid;

use super::Stores;
use super::fixture::*;
use super::relay::LIMITS;

pub(crate) fn published(event: &OutboxEvent) -> Mark {
    Mark { position: event.position, published: event.pending, refusal: None }
}

pub(crate) fn refused(event: &OutboxEvent, retry_at: DateTime<Utc>, park: bool) -> Mark {
    let refusal = Refusal { reason: "too large".to_owned(), retry_at, park };
    Mark { position: event.position, published: Topics::NONE, refusal: Some(refusal) }
}

/// Claims, publishes until nothing is left, releases; gives the batches.
pub(crate) async fn drain<S: Store>(store: &S, now: DateTime<Utc>) -> Vec<Vec<OutboxEvent>> {
    let holder = mint();
    let mut batches = Vec::new();
    let mut batch = store.claim(holder, now, LIMITS).await.unwrap().unwrap();
    while !batch.is_empty() {
        let marks: Vec<Mark> = batch.iter().map(published).collect();
        batches.push(batch);
        batch = store.mark(holder, now, &marks, LIMITS).await.unwrap().unwrap();
    }
    store.release(holder, None).await.unwrap();
    batches
}

async fn claim<S: Store>(store: &S, holder: Uuid, now: DateTime<Utc>) -> Vec<OutboxEvent> {
    store.claim(holder, now, LIMITS).await.unwrap().unwrap()
}

async fn mark<S: Store>(store: &S, holder: Uuid, ms: i64, marks: &[Mark]) -> Vec<OutboxEvent> {
    store.mark(holder, at(ms), marks, LIMITS).await.unwrap().unwrap()
}

fn owners(batch: &[OutboxEvent]) -> Vec<(UserId, u64)> {
    batch.iter().map(|it| (it.user, it.seq)).collect()
}

pub(crate) async fn a_batch_holds_the_earliest_event_of_each_user(stores: &impl Stores) {
    let store = stores.open();
    let (asad, bina) = (user(&store, "asad").await, user(&store, "bina").await);
    let chand = user(&store, "chand").await;
    for user in [bina, asad, bina, bina, asad, chand] {
        insert(&store, user, task("one")).await;
    }
    let batches = drain(&store, now()).await;
    let got: Vec<_> = batches.iter().map(|it| owners(it)).collect();
    let want =
        [vec![(bina, 1), (asad, 1), (chand, 1)], vec![(bina, 2), (asad, 2)], vec![(bina, 3)]];
    assert_eq!(got, want);
}

pub(crate) async fn a_batch_carries_a_run_of_each_users_events(stores: &impl Stores) {
    let store = stores.open();
    let (asad, bina) = (user(&store, "asad").await, user(&store, "bina").await);
    let chand = user(&store, "chand").await;
    for user in [asad, asad, asad, asad, bina, asad, bina, chand] {
        insert(&store, user, task("one")).await;
    }
    let holder = mint();
    let runs = [
        // Everybody's first before anybody's second, and all in the order of their commits.
        ((3, 9), vec![(asad, 1), (bina, 1), (chand, 1)]),
        ((5, 9), vec![(asad, 1), (asad, 2), (bina, 1), (bina, 2), (chand, 1)]),
        ((6, 9), vec![(asad, 1), (asad, 2), (asad, 3), (bina, 1), (bina, 2), (chand, 1)]),
        ((9, 2), vec![(asad, 1), (asad, 2), (bina, 1), (bina, 2), (chand, 1)]),
        ((9, 1), vec![(asad, 1), (bina, 1), (chand, 1)]),
    ];
    for ((events, per_user), want) in runs {
        let limits = BatchLimits { events, per_user, ..LIMITS };
        let batch = store.claim(holder, now(), limits).await.unwrap().unwrap();
        assert_eq!(owners(&batch), want, "{limits:?}");
    }
}

pub(crate) async fn a_run_is_bounded_by_bytes_in_its_order(stores: &impl Stores) {
    let store = stores.open();
    let (asad, bina) = (user(&store, "asad").await, user(&store, "bina").await);
    for user in [asad, asad, bina] {
        let mut change_set = insertion(user, task("one"));
        change_set.events[0].body = "x".repeat(100);
        commit(&store, &change_set).await;
    }
    let holder = mint();
    for (bytes, want) in [
        (300, vec![(asad, 1), (asad, 2), (bina, 1)]),
        (299, vec![(asad, 1), (bina, 1)]),
        (199, vec![(asad, 1)]),
        (1, vec![(asad, 1)]),
    ] {
        let limits = BatchLimits { bytes, per_user: 9, ..LIMITS };
        let batch = store.claim(holder, now(), limits).await.unwrap().unwrap();
        assert_eq!(owners(&batch), want, "{limits:?}");
    }
}

pub(crate) async fn a_refusal_within_a_run_holds_back_what_is_left_of_it(stores: &impl Stores) {
    let store = stores.open();
    let (asad, bina) = (user(&store, "asad").await, user(&store, "bina").await);
    for user in [asad, asad, asad, asad, bina] {
        insert(&store, user, task("one")).await;
    }
    let limits = BatchLimits { per_user: 4, ..LIMITS };
    let holder = mint();
    let claim = async |ms: i64| store.claim(holder, at(ms), limits).await.unwrap().unwrap();
    let batch = claim(0).await;
    let marks = [published(&batch[0]), refused(&batch[1], at(3_000), false), published(&batch[2])];
    let next = store.mark(holder, at(0), &marks, limits).await.unwrap().unwrap();
    assert_eq!(owners(&next), [(bina, 1)], "the rest of the run waits");
    assert_eq!(owners(&claim(2_999).await), [(bina, 1)]);
    assert_eq!(owners(&claim(3_000).await), [(asad, 2), (asad, 4), (bina, 1)]);

    // One that waits by itself ends the run before it, and holds nobody back who came earlier.
    let batch = claim(3_000).await;
    let marks = [refused(&batch[1], at(9_000), false)];
    let next = store.mark(holder, at(3_000), &marks, limits).await.unwrap().unwrap();
    assert_eq!(owners(&next), [(asad, 2), (bina, 1)]);
}

pub(crate) async fn a_batch_is_bounded_by_count_and_bytes(stores: &impl Stores) {
    let store = stores.open();
    for (name, body) in [("a", "é".repeat(50)), ("b", "x".repeat(100)), ("c", "y".repeat(100))] {
        let user = user(&store, name).await;
        let mut change_set = insertion(user, task("one"));
        change_set.events[0].body = body;
        commit(&store, &change_set).await;
    }
    let holder = mint();
    for (events, bytes, want) in
        [(3, 300, 3), (2, 300, 2), (3, 299, 2), (3, 200, 2), (3, 199, 1), (3, 100, 1), (3, 1, 1)]
    {
        let limits = BatchLimits { events, bytes, ..LIMITS };
        let batch = store.claim(holder, now(), limits).await.unwrap().unwrap();
        assert_eq!(batch.len(), want, "{limits:?}");
    }
}

pub(crate) async fn a_refused_event_holds_back_only_its_user(stores: &impl Stores) {
    let store = stores.open();
    let (asad, bina) = (user(&store, "asad").await, user(&store, "bina").await);
    for user in [asad, bina, asad, bina] {
        insert(&store, user, task("one")).await;
    }
    let holder = mint();
    let batch = claim(&store, holder, now()).await;
    let marks = [refused(&batch[0], at(3_000), false), published(&batch[1])];
    let batch = mark(&store, holder, 0, &marks).await;
    assert_eq!(owners(&batch), [(bina, 2)]);
    let batch = mark(&store, holder, 2_999, &[published(&batch[0])]).await;
    assert_eq!(owners(&batch), []);
    let batch = mark(&store, holder, 3_000, &[]).await;
    assert_eq!(owners(&batch), [(asad, 1)]);
    assert_eq!(batch[0].attempts, 1);
    let batch = mark(&store, holder, 3_000, &[refused(&batch[0], at(9_000), false)]).await;
    assert_eq!(owners(&batch), []);
    let batch = mark(&store, holder, 9_000, &[]).await;
    assert_eq!(batch[0].attempts, 2);
    let batch = mark(&store, holder, 9_000, &[published(&batch[0])]).await;
    assert_eq!(owners(&batch), [(asad, 2)]);
    assert_eq!(batch[0].attempts, 0);
}

pub(crate) async fn a_topic_that_failed_is_the_only_one_published_again(stores: &impl Stores) {
    let store = stores.open();
    let user = user(&store, "asad").await;
    insert(&store, user, task("one")).await;
    let holder = mint();
    let batch = claim(&store, holder, now()).await;
    assert_eq!(batch[0].pending, BOTH_TOPICS);
    let half = Mark { published: Topics::TASK_EVENTS, ..refused(&batch[0], at(1_000), false) };
    assert_eq!(mark(&store, holder, 0, &[half]).await, []);
    assert_eq!(store.gauges(now()).await.unwrap().published_total, 1);
    let batch = mark(&store, holder, 1_000, &[]).await;
    assert_eq!(batch[0].pending, Topics::TASK_UPDATES);
    assert_eq!(mark(&store, holder, 1_000, &[published(&batch[0])]).await, []);
    assert_eq!(store.gauges(now()).await.unwrap().published_total, 2);
}

pub(crate) async fn an_event_carries_what_its_commit_assigned(stores: &impl Stores) {
    let store = stores.open();
    let user = user(&store, "asad").await;
    insert(&store, user, task("one")).await;
    drain(&store, now()).await;
    let inserted = insertion(user, task("two"));
    commit(&store, &inserted).await;
    let reminder = event_to(TaskRef::Number(TaskNumber(2)), Topics::REMINDERS);
    commit(&store, &ChangeSet { events: vec![reminder.clone()], ..change(user) }).await;
    let batches = drain(&store, now()).await;
    let check = |event: &OutboxEvent, draft: &EventDraft, seq| {
        let want = OutboxEvent {
            position: event.position,
            user,
            id: draft.id,
            number: TaskNumber(2),
            seq,
            pending: draft.topics,
            attempts: 0,
            body: draft.body.clone(),
        };
        assert_eq!(*event, want);
    };
    check(&batches[0][0], &inserted.events[0], 2);
    check(&batches[1][0], &reminder, 0);
}

pub(crate) async fn events_of_a_deleted_user_still_drain(stores: &impl Stores) {
    let store = stores.open();
    let user = user(&store, "asad").await;
    insert(&store, user, task("one")).await;
    insert(&store, user, task("two")).await;
    stores.tombstone(user);
    let batches = drain(&store, now()).await;
    assert_eq!(batches.iter().map(Vec::len).collect::<Vec<_>>(), [1, 1]);
}

pub(crate) async fn draining_publishes_every_event_once_in_each_users_order(stores: &impl Stores) {
    let store = stores.open();
    let mut users = Vec::new();
    for name in ["a", "b", "c", "d", "e"] {
        users.push(user(&store, name).await);
    }
    for round in 0..40 {
        let user = users[(round * round + round / 3) % users.len()];
        let mut change_set = insertion(user, task("one"));
        let follow_up = event(TaskRef::Insert(0));
        change_set.events.extend((round % 2 == 0).then_some(follow_up));
        commit(&store, &change_set).await;
    }
    let events: Vec<OutboxEvent> = drain(&store, now()).await.into_iter().flatten().collect();
    assert_eq!(events.len(), 60);
    for user in users {
        let own: Vec<_> = events.iter().filter(|it| it.user == user).collect();
        assert!(own.iter().map(|it| it.seq).eq(1..=own.len() as u64));
        assert!(own.is_sorted_by_key(|it| it.position));
    }
    assert_eq!(store.gauges(now()).await.unwrap().published_total, 120);
    assert_eq!(drain(&store, now()).await, Vec::<Vec<_>>::new());
}

pub(crate) async fn a_parked_event_lets_the_next_one_through(stores: &impl Stores) {
    let store = stores.open();
    let user = user(&store, "asad").await;
    insert(&store, user, task("one")).await;
    insert(&store, user, task("two")).await;
    let holder = mint();
    let batch = claim(&store, holder, now()).await;
    let batch = mark(&store, holder, 0, &[refused(&batch[0], at(60_000), true)]).await;
    assert_eq!(owners(&batch), [(user, 2)]);
    let gauges = store.gauges(now()).await.unwrap();
    assert_eq!((gauges.outbox_pending, gauges.parked, gauges.published_total), (1, 1, 0));
}
