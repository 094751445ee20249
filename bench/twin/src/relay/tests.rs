//! A create, its event and its way out, with a listener in the sidecar's place.

use std::sync::Mutex;

use axum::Router;
use axum::extract::{Json, Path, State};
use axum::http::StatusCode;
use axum::routing::post;
use tokio::net::TcpListener;

use super::*;
use crate::clock;
use crate::store::Gauges;
use crate::task::{CreateOutcome, Draft};

/// What was published: topic, type of the event, partition key.
type Published = Arc<Mutex<Vec<(String, String, String)>>>;

#[tokio::test(flavor = "multi_thread")]
async fn a_created_task_is_listed_and_its_event_published_once_to_both_topics() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::sqlite(&folder.path().join("tasks.db")).unwrap();
    let (user, now) = (clock::mint(), clock::now());
    let draft = r#"{"title":"Water plants","due_at":"2027-01-31T09:00:00Z","recurrence":"daily"}"#;
    let draft: Draft = serde_json::from_str(draft).unwrap();
    assert!(store.list(user, 20).await.unwrap().is_none());
    let created = store.create(user, draft.clone(), now).await.unwrap();
    assert!(matches!(created, CreateOutcome::NoSuchUser));
    store.sign_up(user, "a@example.com".to_owned(), now).await.unwrap();
    for number in [1, 2] {
        let created = store.create(user, draft.clone(), now).await.unwrap();
        let CreateOutcome::Created(task) = created else { panic!("task {number} is refused") };
        assert_eq!(task.id, number);
    }
    let page = serde_json::to_value(store.list(user, 1).await.unwrap()).unwrap();
    assert_eq!((&page["total"], &page["seq"]), (&2.into(), &2.into()));
    assert_eq!(page["tasks"][0]["recurrence"]["rule"], "FREQ=DAILY");
    assert_eq!(store.gauges().await.unwrap(), Gauges { pending: 2, published: 0 });

    let (url, published) = listener().await;
    let relay = Relay::new(store.clone(), Publisher::to(url));
    relay.drain().await.unwrap();
    relay.drain().await.unwrap();
    assert_eq!(store.gauges().await.unwrap(), Gauges { pending: 0, published: 4 });
    let of = |topic: &str, kind: &str| (topic.to_owned(), kind.to_owned(), user.to_string());
    let events = of("task-events", "task.created");
    let updates = of("task-updates", "task.sync");
    let expected = [events.clone(), events, updates.clone(), updates];
    assert_eq!(*published.lock().unwrap(), expected);
}

async fn listener() -> (String, Published) {
    let published = Published::default();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let service = Router::new()
        .route("/v1.0/publish/bulk/kafka-pubsub/{topic}", post(take))
        .with_state(Arc::clone(&published));
    tokio::spawn(async { axum::serve(listener, service).await });
    (url, published)
}

async fn take(
    State(published): State<Published>,
    Path(topic): Path<String>,
    Json(entries): Json<Vec<Value>>,
) -> StatusCode {
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    published.lock().unwrap().extend(entries.iter().map(|entry| {
        let key = text(&entry["metadata"]["partitionKey"]);
        (topic.clone(), text(&entry["event"]["type"]), key)
    }));
    StatusCode::NO_CONTENT
}
