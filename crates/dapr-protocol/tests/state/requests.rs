//! What the app asks a store, and how it reads the answers.

use dapr_protocol::state::{
    BulkGet, BulkStateItem, DeleteState, GetState, Operation, SaveState, StateItem, StateOutcome,
    StateTransaction, StateWritten, StoredState,
};
use expect_test::expect;
use serde_json::json;

use crate::{answer, dapr, text};

#[test]
fn keys_are_escaped_and_an_etag_is_a_condition() {
    let get = GetState { store: "store".to_owned(), key: "a/b c".to_owned() };
    expect![[r#"
        GET http://localhost:3500/v1.0/state/store/a%2Fb%20c
    "#]]
    .assert_eq(&text(&get.to_http(&dapr()).expect("a request")));
    let (store, key) = ("store".to_owned(), "k".to_owned());
    let delete = DeleteState { store, key, etag: Some("e".to_owned()) };
    expect![[r#"
        DELETE http://localhost:3500/v1.0/state/store/k
        if-match: e
    "#]]
    .assert_eq(&text(&delete.to_http(&dapr()).expect("a request")));
}

#[test]
fn an_item_says_only_what_was_stated() {
    let items = vec![
        StateItem::new("a", json!({"n": 1})),
        StateItem::new("b", json!(2)).over("e").gone_after(60),
        StateItem::new("c", json!(3)).if_absent(),
    ];
    let save = SaveState { store: "store".to_owned(), items };
    let request = save.to_http(&dapr()).expect("a request");
    assert_eq!(request.uri().path(), "/v1.0/state/store");
    let body: serde_json::Value = serde_json::from_slice(request.body()).expect("JSON");
    let expected = json!([
        {"key": "a", "value": {"n": 1}},
        {"key": "b", "value": 2, "etag": "e", "metadata": {"ttlInSeconds": "60"}},
        {"key": "c", "value": 3, "options": {"concurrency": "first-write"}},
    ]);
    assert_eq!(body, expected);
}

#[test]
fn a_transaction_names_its_operations() {
    let operations = vec![
        Operation::Upsert(StateItem::new("a", json!(1))),
        Operation::Delete(StateItem { key: "b".to_owned(), ..StateItem::default() }),
    ];
    let transaction = StateTransaction { store: "store".to_owned(), operations };
    let request = transaction.to_http(&dapr()).expect("a request");
    assert_eq!(request.uri().path(), "/v1.0/state/store/transaction");
    let body: serde_json::Value = serde_json::from_slice(request.body()).expect("JSON");
    let expected = json!({"operations": [
        {"operation": "upsert", "request": {"key": "a", "value": 1}},
        {"operation": "delete", "request": {"key": "b", "value": null}},
    ]});
    assert_eq!(body, expected);
}

#[test]
fn what_a_sidecar_answers_is_read_back() {
    let stored = StoredState {
        data: "{}".into(),
        etag: Some("e".to_owned()),
        expires_at: Some("2027-01-31T09:00:00Z".to_owned()),
    };
    let found = StateOutcome::read(&StoredState::to_http(Some(&stored)));
    assert_eq!(found, StateOutcome::Found(stored.clone()));
    assert_eq!(StateOutcome::read(&StoredState::to_http(None)), StateOutcome::Missing);
    let items = [
        BulkStateItem::new("a".to_owned(), Some(&stored)),
        BulkStateItem::new("b".to_owned(), None),
    ];
    let bulk: serde_json::Value =
        serde_json::from_slice(BulkStateItem::to_http(&items).body()).expect("JSON");
    let metadata = json!({"ttlExpireTime": "2027-01-31T09:00:00Z"});
    let expected =
        json!([{"key": "a", "data": {}, "etag": "e", "metadata": metadata}, {"key": "b"}]);
    assert_eq!(bulk, expected);
    let asked = BulkGet { keys: vec!["a".to_owned()], ..BulkGet::default() };
    let request = asked.to_http(&dapr(), "store").expect("a request");
    assert_eq!(request.body(), r#"{"keys":["a"]}"#);
}

#[test]
fn a_conflict_is_a_version_that_does_not_match() {
    assert_eq!(StateWritten::read(&answer(204, "")), StateWritten::Done);
    assert_eq!(StateWritten::read(&answer(409, "{}")), StateWritten::EtagMismatch);
    let refusal = r#"{"errorCode":"ERR_STATE_SAVE","message":"m"}"#;
    let StateWritten::Refused(refusal) = StateWritten::read(&answer(500, refusal)) else {
        panic!("a 500 is a refusal");
    };
    assert_eq!((refusal.status, refusal.code.as_str()), (500, "ERR_STATE_SAVE"));
}
