//! Several keys in one call.

use serde_json::{Value, json};

use super::both_stores;
use crate::engine::Engine;

pub(crate) async fn every_key_comes_back_and_one_without_a_value_comes_alone(engine: &Engine) {
    for store in both_stores(engine).await {
        store.save(json!([{"key": "a", "value": {"n": 1}}, {"key": "b", "value": "x"}])).await;
        let mut items = store.bulk(json!({"keys": ["a", "none", "b"], "parallelism": 2})).await;
        let items = items.as_array_mut().expect("a list");
        // A file gives them in an order of its own.
        items.sort_by_key(|item| item["key"].as_str().map(str::to_owned));
        assert_eq!((&items[0]["key"], &items[0]["data"]), (&json!("a"), &json!({"n": 1})));
        assert_eq!((&items[1]["key"], &items[1]["data"]), (&json!("b"), &json!("x")));
        assert!(items[0]["etag"].is_string());
        assert_eq!(items[2], json!({"key": "none"}));
        assert_eq!(items.len(), 3);
    }
}

pub(crate) async fn no_keys_are_an_empty_list(engine: &Engine) {
    for store in both_stores(engine).await {
        assert_eq!(store.bulk(json!({"keys": []})).await, json!([]));
        assert_eq!(store.bulk(json!({})).await, Value::Array(Vec::new()));
    }
}
