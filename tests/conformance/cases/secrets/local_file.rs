//! `secretstores.local.file`.

use serde_json::{Value, json};

use crate::engine::{Answer, Engine, Setup, Sidecar};

fn store(settings: &str) -> Setup {
    let component = format!(
        "
apiVersion: dapr.io/v1alpha1
kind: Component
metadata: {{name: file}}
spec:
  type: secretstores.local.file
  version: v1
  metadata:
  - {{name: secretsFile, value: DIR/secrets.json}}{settings}
"
    );
    let secrets = json!({
        "plain": "p",
        "db": {"user": "u", "password": "w", "hosts": ["a", "b"]},
    });
    Setup { files: vec![("secrets.json", secrets.to_string())], ..Setup::of(&component) }
}

async fn started(engine: &Engine, settings: &str) -> Sidecar {
    engine.start_with(store(settings), &engine.content_app()).await
}

async fn secret(sidecar: &Sidecar, name: &str) -> Value {
    sidecar.get(&format!("/v1.0/secrets/file/{name}")).await.json()
}

pub(crate) async fn a_secret_is_a_leaf_of_the_document_named_by_the_way_to_it(engine: &Engine) {
    let sidecar = started(engine, "").await;
    assert_eq!(secret(&sidecar, "plain").await, json!({"plain": "p"}));
    assert_eq!(secret(&sidecar, "db:user").await, json!({"db:user": "u"}));
    assert_eq!(secret(&sidecar, "db:hosts:1").await, json!({"db:hosts:1": "b"}));
}

pub(crate) async fn the_separator_can_be_stated(engine: &Engine) {
    let sidecar = started(engine, "\n  - {name: nestedSeparator, value: .}").await;
    assert_eq!(secret(&sidecar, "db.user").await, json!({"db.user": "u"}));
}

pub(crate) async fn with_several_values_each_member_is_a_secret(engine: &Engine) {
    let sidecar = started(engine, "\n  - {name: multiValued, value: \"true\"}").await;
    let expected = json!({"user": "u", "password": "w", "hosts:0": "a", "hosts:1": "b"});
    assert_eq!(secret(&sidecar, "db").await, expected);
    assert_eq!(secret(&sidecar, "plain").await, json!({"plain": "p"}));
}

pub(crate) async fn all_of_them_come_in_one_call(engine: &Engine) {
    let sidecar = started(engine, "").await;
    let all = sidecar.get("/v1.0/secrets/file/bulk").await.json();
    let expected = json!({
        "plain": {"plain": "p"},
        "db:user": {"db:user": "u"},
        "db:password": {"db:password": "w"},
        "db:hosts:0": {"db:hosts:0": "a"},
        "db:hosts:1": {"db:hosts:1": "b"},
    });
    assert_eq!(all, expected);
}

pub(crate) async fn a_name_that_is_not_there_is_a_500(engine: &Engine) {
    let sidecar = started(engine, "").await;
    let (status, code, message) = sidecar.get("/v1.0/secrets/file/none").await.refusal();
    assert_eq!((status, code.as_str()), (500, "ERR_SECRET_GET"));
    let text = "failed getting secret with key none from secret store file: secret none not found";
    assert_eq!(message, text);
}

pub(crate) async fn another_component_may_refer_to_a_secret(engine: &Engine) {
    let mut setup = store("");
    setup.resources.push_str(
        "
---
apiVersion: dapr.io/v1alpha1
kind: Component
metadata: {name: memory}
auth: {secretStore: file}
spec:
  type: state.in-memory
  version: v1
  metadata:
  - {name: keyPrefix, secretKeyRef: {name: 'db:user', key: 'db:user'}}
---
apiVersion: dapr.io/v1alpha1
kind: Component
metadata: {name: ps}
auth: {secretStore: file}
spec:
  type: pubsub.in-memory
  version: v1
  metadata:
  - {name: allowedTopics, secretKeyRef: {name: plain}}
",
    );
    let sidecar = engine.start_with(setup, &engine.content_app()).await;
    for (topic, expected) in [("p", 204), ("other", 403)] {
        let answer = sidecar.post_json(&format!("/v1.0/publish/ps/{topic}"), &json!(1)).await;
        assert_eq!(answer.status(), expected, "{topic}");
    }
}
