//! All of it, or nothing.

use serde_json::{Value, json};

use super::both_stores;
use crate::engine::{Answer, Engine};

fn upsert(request: Value) -> Value {
    json!({"operation": "upsert", "request": request})
}

fn delete(request: Value) -> Value {
    json!({"operation": "delete", "request": request})
}

pub(crate) async fn all_operations_are_made_together(engine: &Engine) {
    for store in both_stores(engine).await {
        store.save(json!([{"key": "old", "value": 1}])).await;
        let operations = json!([
            upsert(json!({"key": "a", "value": {"n": 1}})),
            upsert(json!({"key": "b", "value": 2, "metadata": {"ttlInSeconds": "60"}})),
            delete(json!({"key": "old"})),
            delete(json!({"key": "never"})),
        ]);
        let answer = store.transaction(&json!({"operations": operations, "metadata": {}})).await;
        assert_eq!((answer.status().as_u16(), answer.body().len()), (204, 0));
        assert_eq!(store.get("a").await.json(), json!({"n": 1}));
        assert!(store.get("b").await.text_of("metadata.ttlexpiretime").is_some());
        assert_eq!(store.get("old").await.status(), 204);
    }
}

pub(crate) async fn one_that_does_not_match_undoes_all_and_is_a_500(engine: &Engine) {
    for store in both_stores(engine).await {
        let etag = store.etag_of("k", json!(1)).await;
        let operations = |etag: &str| {
            json!({"operations": [
                upsert(json!({"key": "a", "value": 1})),
                upsert(json!({"key": "k", "value": 2, "etag": etag})),
            ]})
        };
        let refused = store.transaction(&operations("other")).await;
        let (status, code, message) = refused.refusal();
        assert_eq!((status, code.as_str()), (500, "ERR_STATE_TRANSACTION"));
        let start = "error while executing state transaction: possible etag mismatch";
        assert!(message.starts_with(start), "{message}");
        assert_eq!(store.get("a").await.status(), 204, "{}", store.name);
        assert_eq!(store.get("k").await.json(), 1);
        assert_eq!(store.transaction(&operations(&etag)).await.status(), 204);
        assert_eq!(store.get("k").await.json(), 2);
    }
}

pub(crate) async fn a_delete_may_state_a_version(engine: &Engine) {
    for store in both_stores(engine).await {
        let etag = store.etag_of("k", json!(1)).await;
        let body = |etag: &str| json!({"operations": [delete(json!({"key": "k", "etag": etag}))]});
        assert_eq!(store.transaction(&body("other")).await.status(), 500);
        assert_eq!(store.transaction(&body(&etag)).await.status(), 204);
        assert_eq!(store.get("k").await.status(), 204);
    }
}

pub(crate) async fn no_operations_are_fine_and_an_unknown_one_is_not(engine: &Engine) {
    for store in both_stores(engine).await {
        assert_eq!(store.transaction(&json!({"operations": []})).await.status(), 204);
        let unknown = json!({"operations": [{"operation": "move", "request": {"key": "k"}}]});
        let (status, code, message) = store.transaction(&unknown).await.refusal();
        assert_eq!((status, code.as_str()), (400, "ERR_NOT_SUPPORTED_STATE_OPERATION"));
        assert_eq!(message, "operation type move not supported");
    }
}

pub(crate) async fn a_body_that_is_no_transaction_is_a_400(engine: &Engine) {
    for store in both_stores(engine).await {
        let malformed = (400, "ERR_MALFORMED_REQUEST".to_owned());
        for body in [json!([]), json!({"operations": 1})] {
            assert_eq!(store.transaction(&body).await.code(), malformed, "{body}");
        }
        let number = json!({"operations": [upsert(json!({"key": "k", "value": 1, "etag": 1}))]});
        assert_eq!(store.transaction(&number).await.code(), malformed);
    }
}
