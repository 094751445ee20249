//! The headers that the log adds to an event, as Kafka would.

use expect_test::expect;
use serde_json::json;

use crate::support::{Fixture, PUBSUB, StubApp, post, status, subscription};

#[tokio::test(start_paused = true)]
async fn an_event_comes_with_the_headers_of_a_broker() {
    let app = StubApp::new(json!([subscription("t")]), |_| status(200));
    let fixture = Fixture::start(PUBSUB, &app).await;
    let own = r#"{"id":"e-1","source":"s","type":"a","data":{"n":9007199254740993},"extra":"x"}"#;
    let path = "/v1.0/publish/ps/t?metadata.partitionKey=user-1&metadata.note=a%20b";
    fixture.call(post(path, "application/cloudevents+json", own)).await;
    let call = app.calls("/in", 1).await.remove(0);
    let headers: Vec<String> = call
        .headers
        .iter()
        .map(|(name, value)| format!("{name}: {}", value.to_str().expect("text")))
        .collect();
    expect![[r#"
        content-type: application/cloudevents+json
        content-length: 204
        pubsubname: ps
        traceparent: 00-00000000000000000000000000000000-0000000000000000-00
        note: a b
        partitionkey: user-1
        __key: user-1
        __topic: t
        __partition: 4
        __offset: 0
        __timestamp: 1801386000000"#]]
    .assert_eq(&headers.join("\n"));
}
