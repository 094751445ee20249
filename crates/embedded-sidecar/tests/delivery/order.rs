//! One record at a time and in order per partition; partitions do not wait for each other.

use std::time::Duration;

use serde_json::json;

use crate::support::{Fixture, PUBSUB, StubApp, after, status, subscription};

#[tokio::test(start_paused = true)]
async fn events_with_one_key_come_in_order_and_a_failing_one_holds_up_its_successors() {
    let app = StubApp::new(json!([subscription("t")]), |call| {
        let fails = call.json()["data"] == 2 && call.nth < 5;
        status(if fails { 500 } else { 200 })
    });
    let fixture = Fixture::start(PUBSUB, &app).await;
    for n in 1..=3 {
        fixture.publish("t?metadata.partitionKey=user-1", json!(n)).await;
    }
    fixture.sidecar.idle().await;
    let seen: Vec<_> = app.calls_so_far("/in").iter().map(|it| it.json()["data"].clone()).collect();
    assert_eq!(json!(seen), json!([1, 2, 2, 2, 2, 3]));
}

#[tokio::test(start_paused = true)]
async fn a_failing_event_does_not_hold_up_other_partitions() {
    let app = StubApp::new(json!([subscription("t")]), |call| {
        status(if call.json()["data"] == "poison" { 500 } else { 200 })
    });
    let fixture = Fixture::start(PUBSUB, &app).await;
    fixture.publish("t?metadata.partitionKey=a", json!("poison")).await;
    fixture.publish("t?metadata.partitionKey=user-1", json!("fine")).await;
    let calls = app.calls("/in", 2).await;
    assert!(calls.iter().any(|call| call.json()["data"] == "fine"));
    assert_eq!(fixture.sidecar.lag()[0].undelivered, 1);
}

#[tokio::test(start_paused = true)]
async fn without_policy_and_dead_letter_topic_a_failed_event_comes_again_every_five_seconds() {
    let app = StubApp::new(json!([subscription("t")]), |_| status(503));
    let fixture = Fixture::start(PUBSUB, &app).await;
    fixture.publish("t", json!(1)).await;
    let calls = app.calls("/in", 100).await;
    let gaps: Vec<_> = calls.windows(2).map(|pair| (pair[1].at - pair[0].at).as_millis()).collect();
    assert!(gaps.iter().all(|gap| (5_000..5_100).contains(gap)), "{gaps:?}");
}

#[tokio::test(start_paused = true)]
async fn a_component_can_say_how_its_records_come_again_or_that_they_do_not() {
    let component = |settings: &str| {
        format!(
            "{}\n  metadata: [{settings}]\n",
            PUBSUB.replace(
                "spec: {type: pubsub.in-memory, version: v1}",
                "spec:\n  type: pubsub.kafka\n  version: v1"
            )
        )
    };
    for (settings, expected_calls) in [
        (r#"{name: backOffDuration, value: 1s}, {name: backOffMaxRetries, value: "2"}"#, 3),
        (r#"{name: consumeRetryEnabled, value: "false"}"#, 1),
    ] {
        let app = StubApp::new(json!([subscription("t")]), |_| status(503));
        let fixture = Fixture::start(&component(settings), &app).await;
        fixture.publish("t", json!(1)).await;
        fixture.sidecar.idle().await;
        assert_eq!(app.calls_so_far("/in").len(), expected_calls, "{settings}");
    }
}

#[tokio::test(start_paused = true)]
async fn calls_to_the_app_keep_to_its_concurrency() {
    for (limit, expected_seconds) in [(None, 1), (Some(2), 8), (Some(1), 16)] {
        let app = StubApp::new(json!([subscription("t")]), |_| {
            after(Duration::from_secs(1), status(200))
        });
        let fixture =
            Fixture::configured(PUBSUB, &app, |config| config.app_max_concurrency = limit).await;
        let start = tokio::time::Instant::now();
        // Without keys these spread over all sixteen partitions.
        for n in 0..16 {
            fixture.publish("t", json!(n)).await;
        }
        fixture.sidecar.idle().await;
        assert_eq!(start.elapsed().as_secs(), expected_seconds, "{limit:?}");
    }
}
