//! One successor for each completed occurrence of a series.

use task_domain::{Ordinal, SeriesId, SeriesPosition, Task, TaskNumber, UserId, Version};
use task_store::change_set::{SuccessionChange, TaskVersion};
use task_store::query::Successor;
use task_store::{ChangeSet, CommitOutcome, Store};

use super::Stores;
use super::fixture::*;

fn instance(series: SeriesId, occurrence: u32) -> Task {
    let position = SeriesPosition { id: series, occurrence: Ordinal(occurrence) };
    Task { series: Some(position), ..task("water plants") }
}

/// Makes the successor of an occurrence.
fn succeeding(user: UserId, series: SeriesId, occurrence: u32) -> ChangeSet {
    let ordinal = Ordinal(occurrence);
    let successions = vec![SuccessionChange::Claim { series, ordinal, insert: 0 }];
    ChangeSet { successions, ..insertion(user, instance(series, occurrence + 1)) }
}

/// Takes a successor of the first version back.
fn withdrawing(
    user: UserId,
    series: SeriesId,
    occurrence: u32,
    successor: TaskNumber,
) -> ChangeSet {
    let successions = vec![SuccessionChange::Withdraw { series, ordinal: Ordinal(occurrence) }];
    ChangeSet { successions, ..deletion(user, successor, 1) }
}

async fn successor<S: Store>(store: &S, user: UserId, number: TaskNumber) -> Successor {
    store.task_view(user.into(), number, None).await.unwrap().unwrap().successor
}

pub(crate) async fn an_occurrence_has_one_successor(stores: &impl Stores) {
    let store = stores.open();
    let user = user(&store, "asad").await;
    let series = SeriesId(mint());
    let first = insert(&store, user, instance(series, 1)).await;
    assert_eq!(successor(&store, user, first).await, Successor::None);
    let second = commit(&store, &succeeding(user, series, 1)).await[0];
    let outcome = store.commit(&succeeding(user, series, 1)).await.unwrap();
    assert_eq!(outcome, CommitOutcome::Conflict);
    let Successor::Live(record) = successor(&store, user, first).await else { panic!("none") };
    assert_eq!((record.number, record.version), (second, Version::FIRST));
    assert_eq!(record.task, instance(series, 2));
    commit(&store, &succeeding(user, series, 2)).await;
}

pub(crate) async fn a_succession_outlives_its_successor(stores: &impl Stores) {
    let store = stores.open();
    let user = user(&store, "asad").await;
    let series = SeriesId(mint());
    let first = insert(&store, user, instance(series, 1)).await;
    let second = commit(&store, &succeeding(user, series, 1)).await[0];
    commit(&store, &deletion(user, second, 1)).await;
    assert_eq!(successor(&store, user, first).await, Successor::Deleted(second));
    let outcome = store.commit(&succeeding(user, series, 1)).await.unwrap();
    assert_eq!(outcome, CommitOutcome::Conflict);
}

pub(crate) async fn a_withdrawn_succession_can_be_claimed_again(stores: &impl Stores) {
    let store = stores.open();
    let user = user(&store, "asad").await;
    let series = SeriesId(mint());
    let first = insert(&store, user, instance(series, 1)).await;
    let second = commit(&store, &succeeding(user, series, 1)).await[0];
    commit(&store, &withdrawing(user, series, 1, second)).await;
    assert_eq!(successor(&store, user, first).await, Successor::None);
    let third = commit(&store, &succeeding(user, series, 1)).await[0];
    let Successor::Live(record) = successor(&store, user, first).await else { panic!("none") };
    assert_eq!(record.number, third);
}

pub(crate) async fn withdrawing_what_is_not_there_conflicts(stores: &impl Stores) {
    let store = stores.open();
    let user = user(&store, "asad").await;
    let number = insert(&store, user, task("another")).await;
    let change_set = withdrawing(user, SeriesId(mint()), 1, number);
    assert_eq!(store.commit(&change_set).await.unwrap(), CommitOutcome::Conflict);
    assert!(find(&store, user, number).await.is_some());
}

pub(crate) async fn one_change_may_replace_a_successor(stores: &impl Stores) {
    let store = stores.open();
    let user = user(&store, "asad").await;
    let series = SeriesId(mint());
    let first = insert(&store, user, instance(series, 1)).await;
    let second = commit(&store, &succeeding(user, series, 1)).await[0];
    let mut replacing = succeeding(user, series, 1);
    let withdrawal = SuccessionChange::Withdraw { series, ordinal: Ordinal(1) };
    replacing.successions.push(withdrawal);
    replacing.deletes.push(TaskVersion { number: second, version: Version(1) });
    let third = commit(&store, &replacing).await[0];
    let Successor::Live(record) = successor(&store, user, first).await else { panic!("none") };
    assert_eq!(record.number, third);
    assert_eq!(find(&store, user, second).await, None);
}

pub(crate) async fn successions_belong_to_their_user(stores: &impl Stores) {
    let store = stores.open();
    let (asad, bina) = (user(&store, "asad").await, user(&store, "bina").await);
    let series = SeriesId(mint());
    commit(&store, &succeeding(asad, series, 1)).await;
    commit(&store, &succeeding(bina, series, 1)).await;
    let first = insert(&store, bina, instance(series, 1)).await;
    let Successor::Live(record) = successor(&store, bina, first).await else { panic!("none") };
    assert_eq!(record.number, TaskNumber(1));
}
