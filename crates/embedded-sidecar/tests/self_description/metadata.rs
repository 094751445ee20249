//! `GET /v1.0/metadata` and its labels.

use expect_test::expect;
use serde_json::{Value, json};

use crate::support::{Fixture, PUBSUB, StubApp, post, request, status};

#[tokio::test(start_paused = true)]
async fn it_names_the_app_its_components_and_its_labels() {
    let app = StubApp::new(json!([]), |_| status(200));
    let fixture = Fixture::start(PUBSUB, &app).await;
    let mut label = post("/v1.0/metadata/team%20name", "text/plain", "blue");
    *label.method_mut() = http::Method::PUT;
    assert_eq!(fixture.call(label).await.status(), 204);
    let answer = fixture.call(request("GET", "/v1.0/metadata/")).await;
    assert_eq!(answer.headers()["content-type"], "application/json");
    let document: Value = serde_json::from_slice(answer.body()).expect("JSON");
    expect![[r#"
        {
          "actors": [],
          "components": [
            {
              "capabilities": [],
              "name": "ps",
              "type": "pubsub.in-memory",
              "version": "v1"
            }
          ],
          "enabledFeatures": [],
          "extended": {
            "daprRuntimeVersion": "1.18.5",
            "team name": "blue"
          },
          "id": "app",
          "runtimeVersion": "1.18.5",
          "subscriptions": []
        }"#]]
    .assert_eq(&format!("{document:#}"));
}
