//! The call of the app.

use http::Method;
use serde_json::{Value, json};

use crate::support::{Fixture, StubApp, status};

#[tokio::test(start_paused = true)]
async fn the_body_is_the_data_and_nothing_else() {
    let app = StubApp::new(json!([]), |_| status(200));
    let fixture = Fixture::start("", &app).await;
    let data = json!({"task": "7", "list": [1, 2.5, null, true]});
    fixture.schedule("r-1", json!({"dueTime": "1s", "data": data})).await;
    let call = &app.calls("/job/r-1", 1).await[0];
    assert_eq!(call.method, Method::POST);
    assert_eq!(call.json(), data);
    assert_eq!(call.header("content-type"), Some("application/json"));
    let length = call.body.len().to_string();
    assert_eq!(call.header("content-length"), Some(length.as_str()));
    let names: Vec<_> = call.headers.keys().map(|name| name.as_str()).collect();
    assert_eq!(names, ["content-type", "content-length"], "nothing about the job");
}

#[tokio::test(start_paused = true)]
async fn without_data_the_body_is_empty_and_null_is_null() {
    let app = StubApp::new(json!([]), |_| status(200));
    let fixture = Fixture::start("", &app).await;
    fixture.schedule("none", json!({"dueTime": "1s"})).await;
    fixture.schedule("null", json!({"dueTime": "1s", "data": null})).await;
    fixture.schedule("text", json!({"dueTime": "1s", "data": "a b"})).await;
    assert_eq!(app.calls("/job/none", 1).await[0].body, "");
    assert_eq!(app.calls("/job/null", 1).await[0].json(), Value::Null);
    assert_eq!(app.calls("/job/text", 1).await[0].json(), "a b");
}

#[tokio::test(start_paused = true)]
async fn the_app_token_goes_along() {
    let app = StubApp::new(json!([]), |_| status(200));
    let fixture =
        Fixture::configured("", &app, |config| config.app_token = Some("secret".to_owned())).await;
    fixture.schedule("r-1", json!({"dueTime": "0s"})).await;
    assert_eq!(app.calls("/job/r-1", 1).await[0].header("dapr-api-token"), Some("secret"));
}

#[tokio::test(start_paused = true)]
async fn a_name_is_spelt_in_the_path_as_it_is() {
    let app = StubApp::new(json!([]), |_| status(200));
    let fixture = Fixture::start("", &app).await;
    fixture.schedule("a%20b:c", json!({"dueTime": "0s"})).await;
    assert_eq!(app.calls("/job/a%20b:c", 1).await.len(), 1);
}
