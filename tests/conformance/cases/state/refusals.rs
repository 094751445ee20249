//! Calls about state that cannot be answered.

use expect_test::expect;
use serde_json::json;

use super::{STORES, both_stores};
use crate::engine::{Answer, Engine, PUBSUB, Setup, request};

pub(crate) async fn without_any_store_every_call_is_a_500(engine: &Engine) {
    let sidecar = engine.start(PUBSUB, &engine.content_app()).await;
    let answer = sidecar.get("/v1.0/state/store/k").await;
    assert_eq!(answer.status(), 500);
    expect![[r#"
        {
          "details": [
            {
              "@type": "type.googleapis.com/google.rpc.ErrorInfo",
              "domain": "dapr.io",
              "metadata": {
                "appID": "app"
              },
              "reason": "DAPR_STATE_NOT_CONFIGURED"
            }
          ],
          "errorCode": "ERR_STATE_STORE_NOT_CONFIGURED",
          "message": "state store store is not configured"
        }"#]]
    .assert_eq(&format!("{:#}", answer.json()));
}

pub(crate) async fn an_unknown_store_is_a_400_to_every_call(engine: &Engine) {
    let sidecar = engine.start(STORES, &engine.content_app()).await;
    let not_found = (400, "ERR_STATE_STORE_NOT_FOUND".to_owned());
    for (method, path) in [
        ("GET", "/v1.0/state/other/k"),
        ("DELETE", "/v1.0/state/other/k"),
        ("POST", "/v1.0/state/other"),
        ("POST", "/v1.0/state/other/bulk"),
        ("POST", "/v1.0/state/other/transaction"),
    ] {
        let answer = sidecar.call(request(method, path)).await;
        assert_eq!(answer.code(), not_found, "{method} {path}");
        assert_eq!(answer.json()["message"], "state store other is not found");
        assert_eq!(answer.json()["details"][0]["reason"], "DAPR_STATE_NOT_FOUND");
    }
}

pub(crate) async fn a_key_with_the_separator_is_a_400(engine: &Engine) {
    for store in both_stores(engine).await {
        let answer = store.try_save(&json!([{"key": "a||b", "value": 1}])).await;
        assert_eq!(answer.code(), (400, "ERR_MALFORMED_REQUEST".to_owned()));
        let body = answer.json();
        let details = body["details"].as_array().expect("details");
        assert_eq!(details[0]["field_violations"][0]["field"], "a||b");
        let resource = (&details[1]["resource_type"], &details[1]["resource_name"]);
        assert_eq!(resource, (&json!("state"), &json!(store.name)));
        assert_eq!(details[2]["reason"], "DAPR_STATE_ILLEGAL_KEY");
        let message = body["message"].as_str().unwrap_or_default();
        assert!(message.ends_with("input key/keyPrefix 'a||b' can't contain '||'"), "{message}");
        assert_eq!(store.get("a%7C%7Cb").await.status(), 400);
        assert_eq!(store.delete("a%7C%7Cb", None, "").await.status(), 400);
    }
}

pub(crate) async fn what_is_no_list_of_items_with_keys_is_a_400(engine: &Engine) {
    for store in both_stores(engine).await {
        let malformed = (400, "ERR_MALFORMED_REQUEST".to_owned());
        for body in [json!({"key": "k"}), json!(["k"]), json!([{"key": 1}]), json!([{"value": 1}])]
        {
            assert_eq!(store.try_save(&body).await.code(), malformed, "{body}");
        }
        let answer = store.try_save(&json!([{"value": 1}])).await;
        assert_eq!(answer.json()["message"], "\"key\" is a required field");
    }
}

pub(crate) async fn a_body_over_the_limit_is_a_400(engine: &Engine) {
    let setup = Setup { max_body_bytes: Some(1_000), ..Setup::of(STORES) };
    let sidecar = engine.start_with(setup, &engine.content_app()).await;
    let body = json!([{"key": "k", "value": "x".repeat(1_000)}]);
    let answer = sidecar.post_json("/v1.0/state/memory", &body).await;
    assert_eq!(answer.code(), (400, "ERR_MALFORMED_REQUEST".to_owned()));
}
