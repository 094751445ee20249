//! Repeated requests and the answer they get.

use task_domain::{TaskNumber, UserId};
use task_store::change_set::{IdempotencyKey, IdempotencyRecord, StoredAnswer};
use task_store::{ChangeSet, CommitOutcome, Store};

use super::Stores;
use super::fixture::*;

fn key(scope: &str, body_hash: &str) -> IdempotencyKey {
    IdempotencyKey { scope: scope.to_owned(), body_hash: body_hash.to_owned() }
}

fn record(scope: &str, body_hash: &str) -> Option<IdempotencyRecord> {
    let body = Some(r#"{"title":"once"}"#.to_owned());
    Some(IdempotencyRecord { key: key(scope, body_hash), status: 201, body })
}

fn creation(user: UserId, scope: &str, body_hash: &str) -> ChangeSet {
    ChangeSet { idempotency: record(scope, body_hash), ..insertion(user, task("once")) }
}

fn stored(body_hash: &str, number: Option<u32>) -> StoredAnswer {
    StoredAnswer {
        body_hash: body_hash.to_owned(),
        status: 201,
        body: Some(r#"{"title":"once"}"#.to_owned()),
        number: number.map(TaskNumber),
    }
}

pub(crate) async fn a_repeated_request_is_told_its_first_answer(stores: &impl Stores) {
    let store = stores.open();
    let user = user(&store, "asad").await;
    insert(&store, user, task("before")).await;
    commit(&store, &creation(user, "POST /tasks k-1", "hash")).await;
    let again = store.commit(&creation(user, "POST /tasks k-1", "hash")).await.unwrap();
    assert_eq!(again, CommitOutcome::AlreadyAnswered(stored("hash", Some(2))));
    let looked_up = store.answer(user.into(), &key("POST /tasks k-1", "hash")).await.unwrap();
    assert_eq!(looked_up, Some(stored("hash", Some(2))));
    assert_eq!(store.gauges(now()).await.unwrap().tasks, 2);
}

pub(crate) async fn a_key_used_with_another_body_is_told_the_first_hash(stores: &impl Stores) {
    let store = stores.open();
    let user = user(&store, "asad").await;
    commit(&store, &creation(user, "POST /tasks k-1", "first")).await;
    let outcome = store.commit(&creation(user, "POST /tasks k-1", "second")).await.unwrap();
    assert_eq!(outcome, CommitOutcome::AlreadyAnswered(stored("first", Some(1))));
    let looked_up = store.answer(user.into(), &key("POST /tasks k-1", "second")).await.unwrap();
    assert_eq!(looked_up.unwrap().body_hash, "first");
}

pub(crate) async fn a_retried_deletion_is_answered_before_its_row_is_missed(stores: &impl Stores) {
    let store = stores.open();
    let user = user(&store, "asad").await;
    let number = insert(&store, user, task("doomed")).await;
    let key = key("DELETE /tasks/1 k-1", "");
    let record = IdempotencyRecord { key: key.clone(), status: 204, body: None };
    let deleting = || ChangeSet { idempotency: Some(record.clone()), ..deletion(user, number, 1) };
    commit(&store, &deleting()).await;
    let answer = StoredAnswer { body_hash: String::new(), status: 204, body: None, number: None };
    let outcome = store.commit(&deleting()).await.unwrap();
    assert_eq!(outcome, CommitOutcome::AlreadyAnswered(answer.clone()));
    let view = store.task_view(user.into(), number, Some(&key)).await.unwrap().unwrap();
    assert_eq!((view.task, view.answer), (None, Some(answer)));
}

pub(crate) async fn keys_belong_to_their_user_and_scope(stores: &impl Stores) {
    let store = stores.open();
    let (asad, bina) = (user(&store, "asad").await, user(&store, "bina").await);
    commit(&store, &creation(asad, "POST /tasks k-1", "hash")).await;
    commit(&store, &creation(asad, "POST /tasks k-2", "hash")).await;
    commit(&store, &creation(asad, "PATCH /tasks k-1", "hash")).await;
    commit(&store, &creation(bina, "POST /tasks k-1", "hash")).await;
    let unknown = store.answer(bina.into(), &key("POST /tasks k-2", "hash")).await.unwrap();
    assert_eq!(unknown, None);
    stores.tombstone(bina);
    let gone = store.answer(bina.into(), &key("POST /tasks k-1", "hash")).await.unwrap();
    assert_eq!(gone, None);
}

pub(crate) async fn the_answer_comes_with_the_task(stores: &impl Stores) {
    let store = stores.open();
    let user = user(&store, "asad").await;
    commit(&store, &creation(user, "POST /tasks k-1", "hash")).await;
    let number = TaskNumber(1);
    let known = key("POST /tasks k-1", "hash");
    let view = store.task_view(user.into(), number, Some(&known)).await.unwrap().unwrap();
    assert_eq!(view.answer, Some(stored("hash", Some(1))));
    assert!(view.task.is_some());
    let unknown = key("POST /tasks k-2", "hash");
    let view = store.task_view(user.into(), number, Some(&unknown)).await.unwrap().unwrap();
    assert_eq!(view.answer, None);
    let view = store.task_view(user.into(), number, None).await.unwrap().unwrap();
    assert_eq!(view.answer, None);
}
