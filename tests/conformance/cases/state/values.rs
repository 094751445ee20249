//! Values: saved, read, deleted.

use serde_json::{Value, json};

use super::{STORES, both_stores};
use crate::engine::{Answer, Engine, request};

pub(crate) async fn a_value_is_read_as_it_was_saved_under_a_version_of_its_own(engine: &Engine) {
    for store in both_stores(engine).await {
        for value in [json!({"b": [1, 2.5], "a": null}), json!("text"), json!(7), json!(null)] {
            store.save(json!([{"key": "k", "value": value}])).await;
            let answer = store.get("k").await;
            assert_eq!(answer.status(), 200, "{}", store.name);
            assert_eq!(answer.json(), value, "{}", store.name);
            assert_eq!(answer.text_of("content-type"), Some("application/json"));
            assert_eq!(answer.text_of("etag").map(str::len), Some(36), "a UUID");
        }
    }
}

pub(crate) async fn every_save_makes_another_version(engine: &Engine) {
    for store in both_stores(engine).await {
        let first = store.etag_of("k", json!(1)).await;
        let second = store.etag_of("k", json!(1)).await;
        assert_ne!(first, second, "{}", store.name);
    }
}

pub(crate) async fn a_key_without_a_value_is_204_to_read_and_to_delete(engine: &Engine) {
    for store in both_stores(engine).await {
        let missing = store.get("none").await;
        assert_eq!((missing.status().as_u16(), missing.body().len()), (204, 0));
        assert_eq!(store.delete("none", None, "").await.status(), 204);
    }
}

pub(crate) async fn a_deleted_value_is_gone(engine: &Engine) {
    for store in both_stores(engine).await {
        store.save(json!([{"key": "k", "value": 1}])).await;
        assert_eq!(store.delete("k", None, "").await.status(), 204);
        assert_eq!(store.get("k").await.status(), 204);
    }
}

pub(crate) async fn several_values_are_saved_in_one_call_and_none_is_fine(engine: &Engine) {
    for store in both_stores(engine).await {
        store.save(json!([])).await;
        store.save(json!([{"key": "a", "value": 1}, {"key": "b", "value": 2}])).await;
        assert_eq!(store.get("a").await.json(), 1);
        assert_eq!(store.get("b").await.json(), 2);
    }
}

pub(crate) async fn a_key_may_be_named_like_a_call_and_escapes_are_undone(engine: &Engine) {
    for store in both_stores(engine).await {
        store.save(json!([{"key": "bulk", "value": 1}, {"key": "a/b c", "value": 2}])).await;
        assert_eq!(store.get("bulk").await.json(), 1);
        assert_eq!(store.get("a%2Fb+c").await.json(), 2);
    }
}

pub(crate) async fn a_save_may_be_put_and_a_query_is_not_served(engine: &Engine) {
    for store in both_stores(engine).await {
        let mut put = crate::engine::post(&store.path(""), "application/json", "[]");
        *put.method_mut() = http::Method::PUT;
        assert_eq!(store.sidecar.call(put).await.status(), 204);
        let path = format!("/v1.0-alpha1/state/{}/query", store.name);
        let query = store.sidecar.post_json(&path, &json!({})).await;
        assert_eq!(query.code(), (500, "ERR_STATE_STORE_NOT_SUPPORTED".to_owned()));
    }
}

pub(crate) async fn keys_carry_the_apps_name_unless_the_component_says_otherwise(engine: &Engine) {
    let component = |name: &str, prefix: &str| {
        format!(
            "---
apiVersion: dapr.io/v1alpha1
kind: Component
metadata: {{name: {name}}}
spec:
  type: state.sqlite
  version: v1
  metadata: [{{name: connectionString, value: DIR/state.db}}{prefix}]
"
        )
    };
    let none = ", {name: keyPrefix, value: none}";
    let resources =
        [component("own", ""), component("one", none), component("other", none)].concat();
    let sidecar = engine.start(&resources, &engine.content_app()).await;
    for (store, value) in [("own", 1), ("one", 2)] {
        let body = json!([{"key": "k", "value": value}]);
        let answer = sidecar.post_json(&format!("/v1.0/state/{store}"), &body).await;
        assert_eq!(answer.status(), 204);
    }
    for (store, expected) in [("own", 1), ("one", 2), ("other", 2)] {
        let answer = sidecar.get(&format!("/v1.0/state/{store}/k")).await;
        assert_eq!(answer.json(), expected, "{store}");
    }
}

pub(crate) async fn metadata_of_the_query_stands_over_that_of_the_item(engine: &Engine) {
    for store in both_stores(engine).await {
        let item = json!([{"key": "k", "value": 1, "metadata": {"ttlInSeconds": "nonsense"}}]);
        let path = format!("{}?metadata.ttlInSeconds=60", store.path(""));
        assert_eq!(store.sidecar.post_json(&path, &item).await.status(), 204);
        assert!(store.get("k").await.text_of("metadata.ttlexpiretime").is_some());
    }
}

pub(crate) async fn both_stores_tell_what_they_can(engine: &Engine) {
    let sidecar = engine.start(STORES, &engine.content_app()).await;
    let metadata = sidecar.call(request("GET", "/v1.0/metadata")).await.json();
    for component in metadata["components"].as_array().expect("a list") {
        let capabilities = component["capabilities"].as_array().expect("a list");
        for capability in ["ETAG", "TRANSACTIONAL", "TTL"] {
            let told = capabilities.iter().any(|it: &Value| it == capability);
            assert!(told, "{capability} of {component}");
        }
    }
}
