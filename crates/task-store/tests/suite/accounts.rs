//! Accounts and the token buckets before their passwords.

use task_store::Store;
use task_store::account::{Account, CreateOutcome, Throttle, ThrottleOutcome};

use super::Stores;
use super::fixture::*;

pub(crate) async fn an_account_reads_back_as_it_was_created(stores: &impl Stores) {
    let store = stores.open();
    for account in [
        account("asad"),
        Account {
            password_hash: None, token_epoch: 7, name: "بینا".to_owned(), ..account("b")
        },
    ] {
        assert_eq!(store.create_account(&account).await.unwrap(), CreateOutcome::Created);
        assert_eq!(store.account(account.id.into()).await.unwrap(), Some(account.clone()));
        let found = store.account_by_email(&account.email).await.unwrap();
        assert_eq!(found, Some(account));
    }
    assert_eq!(store.account_by_email("nobody@example.org").await.unwrap(), None);
}

pub(crate) async fn an_address_belongs_to_one_live_account(stores: &impl Stores) {
    let store = stores.open();
    let first = user(&store, "asad").await;
    let second = account("asad");
    assert_eq!(store.create_account(&second).await.unwrap(), CreateOutcome::EmailTaken);
    assert_eq!(store.account(second.id.into()).await.unwrap(), None);
    let owner = store.account_by_email("asad@example.org").await.unwrap().unwrap();
    assert_eq!(owner.id, first);
}

pub(crate) async fn creating_an_account_again_by_the_same_call_succeeds(stores: &impl Stores) {
    let store = stores.open();
    let account = account("asad");
    for _ in 0..2 {
        assert_eq!(store.create_account(&account).await.unwrap(), CreateOutcome::Created);
    }
    assert_eq!(store.gauges(now()).await.unwrap().users, 1);
}

pub(crate) async fn a_deleted_account_is_not_found_and_frees_its_address(stores: &impl Stores) {
    let store = stores.open();
    let first = user(&store, "asad").await;
    stores.tombstone(first);
    assert_eq!(store.account(first.into()).await.unwrap(), None);
    assert_eq!(store.account_by_email("asad@example.org").await.unwrap(), None);
    let second = user(&store, "asad").await;
    let found = store.account_by_email("asad@example.org").await.unwrap().unwrap();
    assert_eq!(found.id, second);
}

fn bucket(name: &str, capacity: u32, refill_ms: u64) -> Throttle {
    Throttle { bucket: name.to_owned(), capacity, refill_ms }
}

/// The waits of successive tries at the given instants; `None` is an admission.
async fn waits<S: Store>(store: &S, buckets: &[Throttle], tries_ms: &[i64]) -> Vec<Option<u64>> {
    let mut waits = Vec::new();
    for ms in tries_ms {
        waits.push(match store.throttle(buckets, at(*ms)).await.unwrap() {
            ThrottleOutcome::Admitted => None,
            ThrottleOutcome::Limited { retry_after_ms } => Some(retry_after_ms),
        });
    }
    waits
}

pub(crate) async fn a_throttle_admits_its_capacity_and_names_the_wait(stores: &impl Stores) {
    let store = stores.open();
    let buckets = [bucket("email:a@example.org", 3, 1_000)];
    let got = waits(&store, &buckets, &[0, 0, 0, 0, 1, 999]).await;
    assert_eq!(got, [None, None, None, Some(1_000), Some(999), Some(1)]);
    let got = waits(&store, &buckets, &[1_000, 1_000]).await;
    assert_eq!(got, [None, Some(1_000)]);
}

pub(crate) async fn a_throttle_takes_from_every_bucket_or_from_none(stores: &impl Stores) {
    let store = stores.open();
    let email = || bucket("email:a@example.org", 1, 10_000);
    let client = || bucket("client:203.0.113.9", 3, 10_000);
    let got = waits(&store, &[email(), client()], &[0, 0, 0, 0]).await;
    assert_eq!(got, [None, Some(10_000), Some(10_000), Some(10_000)]);
    // Three were refused for the address alone, so the client has two of its three left.
    let got = waits(&store, &[client()], &[0, 0, 0]).await;
    assert_eq!(got, [None, None, Some(10_000)]);
    let got = waits(&store, &[], &[0]).await;
    assert_eq!(got, [None]);
}

pub(crate) async fn a_throttle_refills_one_token_at_a_time_up_to_its_capacity(
    stores: &impl Stores,
) {
    let store = stores.open();
    let buckets = [bucket("email:a@example.org", 2, 1_000)];
    let got = waits(&store, &buckets, &[0, 0, 1_500, 1_500, 2_000]).await;
    assert_eq!(got, [None, None, None, Some(500), None]);
    let much_later = 1_000_000;
    let got = waits(&store, &buckets, &[much_later, much_later, much_later]).await;
    assert_eq!(got, [None, None, Some(1_000)]);
}
