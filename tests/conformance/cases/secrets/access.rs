//! Which secrets there are for the app at all.

use serde_json::json;

use crate::engine::{Answer, Engine, PUBSUB, Setup};

const STORE: &str = "
apiVersion: dapr.io/v1alpha1
kind: Component
metadata: {name: env}
spec: {type: secretstores.local.env, version: v1, metadata: [{name: prefix, value: MY_}]}
";

pub(crate) async fn without_any_store_a_call_is_a_500(engine: &Engine) {
    let sidecar = engine.start(PUBSUB, &engine.content_app()).await;
    let answer = sidecar.get("/v1.0/secrets/store/k").await;
    let expected = "secret store is not configured".to_owned();
    assert_eq!(answer.refusal(), (500, "ERR_SECRET_STORES_NOT_CONFIGURED".to_owned(), expected));
}

pub(crate) async fn an_unknown_store_is_a_401(engine: &Engine) {
    let sidecar = engine.start(STORE, &engine.content_app()).await;
    for path in ["/v1.0/secrets/other/k", "/v1.0/secrets/other/bulk"] {
        let answer = sidecar.get(path).await;
        let expected = "failed finding secret store with key other".to_owned();
        assert_eq!(answer.refusal(), (401, "ERR_SECRET_STORE_NOT_FOUND".to_owned(), expected));
    }
}

pub(crate) async fn a_scope_says_which_secrets_the_app_may_read(engine: &Engine) {
    let scope = "{storeName: env, defaultAccess: deny, allowedSecrets: [A]}";
    let setup = Setup {
        configuration: Some(format!("{{secrets: {{scopes: [{scope}]}}}}")),
        environment: vec![("MY_A", "a"), ("MY_B", "b")],
        ..Setup::of(STORE)
    };
    let sidecar = engine.start_with(setup, &engine.content_app()).await;
    assert_eq!(sidecar.get("/v1.0/secrets/env/A").await.json(), json!({"A": "a"}));
    let denied = sidecar.get("/v1.0/secrets/env/B").await.refusal();
    let message = "access denied by policy to get \"B\" from \"env\"".to_owned();
    assert_eq!(denied, (403, "ERR_PERMISSION_DENIED".to_owned(), message));
    assert_eq!(sidecar.get("/v1.0/secrets/env/bulk").await.json(), json!({"A": {"A": "a"}}));
}
