//! Many events in one call.

use serde_json::{Value, json};

use crate::engine::{App, Engine, PUBSUB, post, status, subscription};

fn app(engine: &Engine) -> std::sync::Arc<App> {
    engine.app(json!([subscription("t")]), |_| status(200))
}

pub(crate) async fn every_entry_becomes_an_event_of_its_own_by_its_content_type(engine: &Engine) {
    let entries = json!([
        {"entryId": "1", "event": {"n": 1}, "contentType": "application/json",
         "metadata": {"partitionKey": "k"}},
        {"entryId": "2", "event": "two", "contentType": "text/plain",
         "metadata": {"partitionKey": "k"}},
        {"entryId": "3", "event": "AP8=", "contentType": "application/octet-stream",
         "metadata": {"partitionKey": "k"}},
        {"entryId": "4", "event": {"id": "e-4", "data": 4},
         "contentType": "application/cloudevents+json", "metadata": {"partitionKey": "k"}},
    ]);
    for version in ["v1.0", "v1.0-alpha1"] {
        let app = app(engine);
        let sidecar = engine.start(PUBSUB, &app).await;
        let path = format!("/{version}/publish/bulk/ps/t");
        let response = sidecar.call(post(&path, "application/json", entries.to_string())).await;
        assert_eq!((response.status().as_u16(), response.body().len()), (204, 0));
        // Entries of one bulk come in no order that every broker keeps.
        let mut seen: Vec<Value> =
            app.calls("/in", 4).await.iter().map(|call| call.json()).collect();
        seen.sort_by_key(|event| {
            let types = ["application/json", "text/plain", "application/octet-stream"];
            types.iter().position(|it| event["datacontenttype"] == *it).unwrap_or(types.len())
        });
        assert_eq!(seen[0]["data"], json!({"n": 1}));
        assert_eq!(seen[1]["data"], "two");
        assert_eq!(seen[2]["data_base64"], "AP8=");
        assert_eq!((&seen[3]["data"], &seen[3]["id"]), (&json!(4), &json!("e-4")));
    }
}

pub(crate) async fn the_requests_metadata_reaches_only_entries_with_metadata_of_their_own(
    engine: &Engine,
) {
    let app = app(engine);
    let sidecar = engine.start(PUBSUB, &app).await;
    let entries = json!([
        {"entryId": "1", "event": 1, "contentType": "application/json", "metadata": {"own": "1"}},
        {"entryId": "2", "event": 2, "contentType": "application/json"},
    ]);
    let path = "/v1.0/publish/bulk/ps/t?metadata.shared=s";
    sidecar.call(post(path, "application/json", entries.to_string())).await;
    for call in app.calls("/in", 2).await {
        let shared = call.header("shared");
        let expected = if call.json()["data"] == 1 { Some("s") } else { None };
        assert_eq!(shared, expected);
    }
}

async fn check_refused(engine: &Engine, body: &str, code: u16, reason: &str) {
    let app = app(engine);
    let sidecar = engine.start(PUBSUB, &app).await;
    let path = "/v1.0/publish/bulk/ps/t";
    let response = sidecar.call(post(path, "application/json", body.to_owned())).await;
    let answer: Value = serde_json::from_slice(response.body()).expect("JSON");
    assert_eq!(response.status(), code, "{answer}");
    assert_eq!(answer["errorCode"], "ERR_PUBSUB_EVENTS_SER");
    assert_eq!(answer["details"][1]["reason"], reason);
    sidecar.settled().await;
    assert!(app.calls_so_far("/in").is_empty(), "nothing of a refused bulk is published");
}

pub(crate) async fn a_bulk_is_refused_whole(engine: &Engine) {
    let entry = |id: &str, content_type: &str, event: &str| {
        format!(r#"{{"entryId":"{id}","event":{event},"contentType":"{content_type}"}}"#)
    };
    let json = |id: &str| entry(id, "application/json", "1");
    check_refused(engine, "{", 400, "DAPR_PUBSUB_UNMARSHAL_EVENTS").await;
    for (first, second) in [(json("1"), json("1")), (json("1"), json(""))] {
        check_refused(engine, &format!("[{first},{second}]"), 400, "DAPR_PUBSUB_MARSHAL_EVENTS")
            .await;
    }
    for (content_type, event) in [("text/plain", "1"), ("image/png", "\"x\""), ("", "\"x\"")] {
        let second = entry("2", content_type, event);
        check_refused(
            engine,
            &format!("[{},{second}]", json("1")),
            400,
            "DAPR_PUBSUB_MARSHAL_ENVELOPE",
        )
        .await;
    }
}

pub(crate) async fn an_unknown_component_is_404_for_a_bulk_too(engine: &Engine) {
    let sidecar = engine.start(PUBSUB, &app(engine)).await;
    let response = sidecar.call(post("/v1.0/publish/bulk/other/t", "application/json", "[]")).await;
    assert_eq!(response.status(), 404);
}
