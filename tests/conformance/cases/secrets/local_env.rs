//! `secretstores.local.env`.

use serde_json::json;

use crate::engine::{Answer, Engine, Setup, Sidecar};

async fn started(engine: &Engine, settings: &str) -> Sidecar {
    let component = format!(
        "
apiVersion: dapr.io/v1alpha1
kind: Component
metadata: {{name: env}}
spec: {{type: secretstores.local.env, version: v1, metadata: [{settings}]}}
"
    );
    let environment =
        vec![("MY_KEY", "k"), ("OTHER", "o"), ("APP_API_TOKEN", "t"), ("DAPR_SECRET", "d")];
    let setup = Setup { environment, ..Setup::of(&component) };
    engine.start_with(setup, &engine.content_app()).await
}

pub(crate) async fn a_secret_is_a_variable_and_one_that_is_not_set_is_empty(engine: &Engine) {
    let sidecar = started(engine, "").await;
    let secret = sidecar.get("/v1.0/secrets/env/MY_KEY").await;
    assert_eq!((secret.status().as_u16(), secret.json()), (200, json!({"MY_KEY": "k"})));
    assert_eq!(sidecar.get("/v1.0/secrets/env/NONE").await.json(), json!({"NONE": ""}));
}

pub(crate) async fn the_sidecars_own_variables_are_hidden(engine: &Engine) {
    let sidecar = started(engine, "").await;
    for hidden in ["APP_API_TOKEN", "DAPR_SECRET"] {
        let secret = sidecar.get(&format!("/v1.0/secrets/env/{hidden}")).await.json();
        assert_eq!(secret, json!({hidden: ""}));
    }
    let all = sidecar.get("/v1.0/secrets/env/bulk").await.json();
    assert_eq!(all["MY_KEY"], json!({"MY_KEY": "k"}));
    assert!(all.get("APP_API_TOKEN").is_none() && all.get("DAPR_SECRET").is_none(), "{all}");
}

pub(crate) async fn a_prefix_limits_what_there_is_and_is_left_out_of_names(engine: &Engine) {
    let sidecar = started(engine, "{name: prefix, value: MY_}").await;
    assert_eq!(sidecar.get("/v1.0/secrets/env/KEY").await.json(), json!({"KEY": "k"}));
    let all = sidecar.get("/v1.0/secrets/env/bulk").await.json();
    assert_eq!(all, json!({"KEY": {"KEY": "k"}}));
}
