//! The token bucket in the user's row, charged by the commit itself.

use task_domain::{TaskNumber, UserId};
use task_store::change_set::RateCharge;
use task_store::{ChangeSet, CommitOutcome, Store};

use super::Stores;
use super::fixture::*;

const FOUR_AT_ONCE_THEN_TWO_A_SECOND: RateCharge =
    RateCharge { cost: 1, capacity: 4, refill_per_second: 2 };

fn charged(user: UserId, charge: RateCharge, ms: i64) -> ChangeSet {
    ChangeSet { rate: Some(charge), at: at(ms), ..change(user) }
}

/// The waits of charges at the given instants; `None` is a commit.
async fn check(stores: &impl Stores, charge: RateCharge, tries_ms: &[(i64, Option<u64>)]) {
    let store = stores.open();
    let user = user(&store, "asad").await;
    let mut got = Vec::new();
    for (ms, _) in tries_ms {
        got.push((
            *ms,
            match store.commit(&charged(user, charge, *ms)).await.unwrap() {
                CommitOutcome::Committed(_) => None,
                CommitOutcome::RateLimited { retry_after_ms } => Some(retry_after_ms),
                outcome => panic!("{outcome:?}"),
            },
        ));
    }
    assert_eq!(got, tries_ms);
}

pub(crate) async fn a_full_bucket_pays_its_capacity_and_no_more(stores: &impl Stores) {
    let tries = [(0, None), (0, None), (0, None), (0, None), (0, Some(500))];
    check(stores, FOUR_AT_ONCE_THEN_TWO_A_SECOND, &tries).await;
}

pub(crate) async fn a_bucket_refills_to_the_millisecond(stores: &impl Stores) {
    let charge = RateCharge { cost: 2, capacity: 2, refill_per_second: 3 };
    // Two tokens take 666.6… ms: not yet after 666, but after 667, with a third of a thousandth
    // left over that must not get lost.
    let tries = [
        (0, None),
        (1, Some(666)),
        (666, Some(1)),
        (667, None),
        (1_333, Some(1)),
        (1_334, None),
        (2_000, Some(1)),
        (2_001, None),
    ];
    check(stores, charge, &tries).await;
}

pub(crate) async fn a_bucket_never_holds_more_than_its_capacity(stores: &impl Stores) {
    let charge = RateCharge { cost: 2, capacity: 4, refill_per_second: 2 };
    let later = 1_000_000_000;
    let tries = [(0, None), (later, None), (later, None), (later, Some(1_000))];
    check(stores, charge, &tries).await;
}

pub(crate) async fn a_clock_that_steps_back_refills_nothing_twice(stores: &impl Stores) {
    let charge = RateCharge { cost: 1, capacity: 1, refill_per_second: 1 };
    let tries =
        [(1_000, None), (0, Some(1_000)), (1_999, Some(1)), (2_000, None), (1_500, Some(1_000))];
    check(stores, charge, &tries).await;
}

pub(crate) async fn a_charge_above_the_capacity_takes_a_full_bucket(stores: &impl Stores) {
    let charge = RateCharge { cost: 100, capacity: 4, refill_per_second: 2 };
    let tries = [(0, None), (0, Some(2_000)), (1_999, Some(1)), (2_000, None)];
    check(stores, charge, &tries).await;
}

pub(crate) async fn a_refused_charge_costs_nothing(stores: &impl Stores) {
    let store = stores.open();
    let user = user(&store, "asad").await;
    let charge = RateCharge { cost: 1, capacity: 2, refill_per_second: 1 };
    let conflicting =
        || ChangeSet { rate: Some(charge), ..replacement(user, TaskNumber(9), 1, task("ghost")) };
    for _ in 0..5 {
        assert_eq!(store.commit(&conflicting()).await.unwrap(), CommitOutcome::Conflict);
    }
    commit(&store, &charged(user, charge, 0)).await;
    commit(&store, &charged(user, charge, 0)).await;
    let outcome = store.commit(&charged(user, charge, 0)).await.unwrap();
    assert_eq!(outcome, CommitOutcome::RateLimited { retry_after_ms: 1_000 });
    commit(&store, &change(user)).await;
}

pub(crate) async fn a_bucket_that_nothing_refills_is_never_full_again(stores: &impl Stores) {
    let charge = RateCharge { cost: 1, capacity: 1, refill_per_second: 0 };
    check(stores, charge, &[(0, None), (1_000_000_000, Some(u64::MAX))]).await;
}
