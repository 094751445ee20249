//! The relay's lease: who publishes, and who may stay away.

use chrono::{DateTime, Utc};
use task_store::Store;
use task_store::relay::{LeaseLost, LeaseState, Mark, Outage};
use task_store::store::BatchLimits;
use uuid::Uuid;

use super::Stores;
use super::fixture::*;
use super::outbox::{published, refused};

/// One event of each user, so that a test sees each by itself.
pub(crate) const LIMITS: BatchLimits =
    BatchLimits { events: 100, bytes: 1_000_000, per_user: 1, lease_ms: 10_000 };

const FREE: LeaseState = LeaseState::Free { failures: 0 };

async fn claim<S: Store>(store: &S, holder: Uuid, now: DateTime<Utc>) -> Result<usize, LeaseLost> {
    store.claim(holder, now, LIMITS).await.unwrap().map(|it| it.len())
}

pub(crate) async fn the_lease_shows_in_its_state(stores: &impl Stores) {
    let store = stores.open();
    let user = user(&store, "asad").await;
    let holder = mint();
    assert_eq!(store.lease_state(now()).await.unwrap(), LeaseState::Idle);
    insert(&store, user, task("one")).await;
    assert_eq!(store.lease_state(now()).await.unwrap(), FREE);
    let batch = store.claim(holder, now(), LIMITS).await.unwrap().unwrap();
    assert_eq!(store.lease_state(now()).await.unwrap(), LeaseState::Held);
    assert_eq!(store.lease_state(at(9_999)).await.unwrap(), LeaseState::Held);
    assert_eq!(store.lease_state(at(10_000)).await.unwrap(), FREE);
    let marks: Vec<Mark> = batch.iter().map(published).collect();
    store.mark(holder, now(), &marks, LIMITS).await.unwrap().unwrap();
    store.release(holder, None).await.unwrap();
    assert_eq!(store.lease_state(now()).await.unwrap(), LeaseState::Idle);
}

pub(crate) async fn a_held_lease_is_not_given_twice(stores: &impl Stores) {
    let store = stores.open();
    let (first, second) = (mint(), mint());
    assert_eq!(claim(&store, first, now()).await, Ok(0));
    assert_eq!(claim(&store, second, at(9_999)).await, Err(LeaseLost));
    assert_eq!(claim(&store, first, at(9_999)).await, Ok(0));
    store.release(first, None).await.unwrap();
    assert_eq!(claim(&store, second, at(9_999)).await, Ok(0));
}

pub(crate) async fn a_lapsed_lease_goes_to_the_next(stores: &impl Stores) {
    let store = stores.open();
    let (first, second) = (mint(), mint());
    assert_eq!(claim(&store, first, now()).await, Ok(0));
    assert_eq!(claim(&store, second, at(10_000)).await, Ok(0));
    assert_eq!(claim(&store, first, at(10_001)).await, Err(LeaseLost));
}

pub(crate) async fn a_lost_lease_marks_nothing(stores: &impl Stores) {
    let store = stores.open();
    let user = user(&store, "asad").await;
    insert(&store, user, task("one")).await;
    let (first, second) = (mint(), mint());
    let batch = store.claim(first, now(), LIMITS).await.unwrap().unwrap();
    assert_eq!(claim(&store, second, at(10_000)).await, Ok(1));
    let before = stores.dump();
    for mark in [published(&batch[0]), refused(&batch[0], at(0), true)] {
        let outcome = store.mark(first, at(10_001), &[mark], LIMITS).await.unwrap();
        assert_eq!(outcome, Err(LeaseLost));
    }
    assert_eq!(stores.dump(), before);
}

pub(crate) async fn marking_renews_the_lease(stores: &impl Stores) {
    let store = stores.open();
    let (first, second) = (mint(), mint());
    assert_eq!(claim(&store, first, now()).await, Ok(0));
    assert_eq!(store.mark(first, at(9_000), &[], LIMITS).await.unwrap(), Ok(vec![]));
    assert_eq!(claim(&store, second, at(18_999)).await, Err(LeaseLost));
    assert_eq!(claim(&store, second, at(19_000)).await, Ok(0));
}

pub(crate) async fn a_release_by_another_changes_nothing(stores: &impl Stores) {
    let store = stores.open();
    let (first, second) = (mint(), mint());
    assert_eq!(claim(&store, first, now()).await, Ok(0));
    let outage = Outage { failures: 1, until: at(60_000) };
    store.release(second, Some(outage)).await.unwrap();
    assert_eq!(store.lease_state(now()).await.unwrap(), LeaseState::Held);
}

pub(crate) async fn backing_off_keeps_everybody_away(stores: &impl Stores) {
    let store = stores.open();
    let user = user(&store, "asad").await;
    insert(&store, user, task("one")).await;
    let (first, second) = (mint(), mint());
    assert_eq!(claim(&store, first, now()).await, Ok(1));
    let outage = Outage { failures: 3, until: at(5_000) };
    store.release(first, Some(outage)).await.unwrap();
    let state = store.lease_state(at(4_999)).await.unwrap();
    assert_eq!(state, LeaseState::BackingOff { until: at(5_000) });
    assert_eq!(claim(&store, second, at(4_999)).await, Err(LeaseLost));
    let gauges = store.gauges(at(4_000)).await.unwrap();
    assert_eq!((gauges.publish_failures, gauges.publish_pause_ms), (3, 1_000));
    let state = store.lease_state(at(5_000)).await.unwrap();
    assert_eq!(state, LeaseState::Free { failures: 3 });
    assert_eq!(claim(&store, second, at(5_000)).await, Ok(1));
    store.release(second, None).await.unwrap();
    let gauges = store.gauges(at(5_000)).await.unwrap();
    assert_eq!((gauges.publish_failures, gauges.publish_pause_ms), (0, 0));
    assert_eq!(store.lease_state(at(5_000)).await.unwrap(), FREE);
}

pub(crate) async fn what_comes_during_the_last_batch_shows_after_the_release(stores: &impl Stores) {
    let (relay, writer) = (stores.open(), stores.open());
    let user = user(&writer, "asad").await;
    let holder = mint();
    assert_eq!(claim(&relay, holder, now()).await, Ok(0));
    insert(&writer, user, task("in the gap")).await;
    assert_eq!(writer.lease_state(now()).await.unwrap(), LeaseState::Held);
    relay.release(holder, None).await.unwrap();
    assert_eq!(relay.lease_state(now()).await.unwrap(), FREE);
    assert_eq!(claim(&relay, holder, now()).await, Ok(1));
}

pub(crate) async fn held_back_users_alone_are_nothing_to_relay(stores: &impl Stores) {
    let store = stores.open();
    let user = user(&store, "asad").await;
    insert(&store, user, task("one")).await;
    let holder = mint();
    let batch = store.claim(holder, now(), LIMITS).await.unwrap().unwrap();
    let marks = [refused(&batch[0], at(3_000), false)];
    assert_eq!(store.mark(holder, now(), &marks, LIMITS).await.unwrap(), Ok(vec![]));
    store.release(holder, None).await.unwrap();
    assert_eq!(store.lease_state(at(2_999)).await.unwrap(), LeaseState::Idle);
    assert_eq!(store.lease_state(at(3_000)).await.unwrap(), FREE);
}
