//! `GET /v1.0/metadata` and its labels.

use serde_json::json;

use crate::engine::{Answer, Engine, PUBSUB, post};

pub(crate) async fn it_names_the_app_its_components_and_its_labels(engine: &Engine) {
    let app = engine.content_app();
    let sidecar = engine.start(PUBSUB, &app).await;
    let mut label = post("/v1.0/metadata/team%20name", "text/plain", "blue");
    *label.method_mut() = http::Method::PUT;
    assert_eq!(sidecar.call(label).await.status(), 204);
    let answer = sidecar.get("/v1.0/metadata/").await;
    assert_eq!(answer.text_of("content-type"), Some("application/json"));
    let document = answer.json();
    assert_eq!(document["id"], "app");
    assert_eq!(document["extended"]["team name"], "blue");
    let version = document["runtimeVersion"].as_str().expect("a version");
    assert!(version.starts_with("1."), "{version}");
    assert_eq!(document["extended"]["daprRuntimeVersion"], version);
    let component = &document["components"][0];
    for (field, expected) in [("name", "ps"), ("type", "pubsub.in-memory"), ("version", "v1")] {
        assert_eq!(component[field], expected);
    }
    assert!(component["capabilities"].is_array());
    // What is empty may be left out, or be an empty list.
    for empty in ["actors", "subscriptions"] {
        let list = &document[empty];
        assert!(list.is_null() || *list == json!([]), "{empty}: {list}");
    }
}
