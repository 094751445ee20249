//! The call of the app.

use http::Method;
use serde_json::{Value, json};

use crate::engine::{Engine, Setup};

pub(crate) async fn the_body_is_the_data_and_nothing_else(engine: &Engine) {
    let app = engine.content_app();
    let sidecar = engine.start_with(Setup::of_jobs(), &app).await;
    let data = json!({"task": "7", "list": [1, 2.5, null, true]});
    sidecar.schedule("r-1", json!({"dueTime": "1s", "data": data})).await;
    let call = &app.calls("/job/r-1", 1).await[0];
    assert_eq!(call.method, Method::POST);
    assert_eq!(call.json(), data);
    assert_eq!(call.header("content-type"), Some("application/json"));
    let length = call.body.len().to_string();
    assert_eq!(call.header("content-length"), Some(length.as_str()));
    let about_the_job = call.headers.keys().find(|name| name.as_str().contains("job"));
    assert_eq!(about_the_job, None);
}

pub(crate) async fn without_data_the_body_is_empty(engine: &Engine) {
    let app = engine.content_app();
    let sidecar = engine.start_with(Setup::of_jobs(), &app).await;
    assert_eq!(sidecar.try_schedule("none", r#"{"dueTime":"1s"}"#).await.status(), 204);
    assert_eq!(app.calls("/job/none", 1).await[0].body, "");
}

pub(crate) async fn a_text_comes_as_json_and_null_is_null(engine: &Engine) {
    let app = engine.content_app();
    let sidecar = engine.start_with(Setup::of_jobs(), &app).await;
    sidecar.schedule("null", json!({"dueTime": "1s", "data": null})).await;
    sidecar.schedule("text", json!({"dueTime": "1s", "data": "a b"})).await;
    assert_eq!(app.calls("/job/null", 1).await[0].json(), Value::Null);
    assert_eq!(app.calls("/job/text", 1).await[0].json(), "a b");
}

pub(crate) async fn the_app_token_goes_along(engine: &Engine) {
    let app = engine.content_app();
    let setup = Setup { app_token: Some("secret"), ..Setup::of_jobs() };
    let sidecar = engine.start_with(setup, &app).await;
    sidecar.schedule("r-1", json!({"dueTime": "0s"})).await;
    assert_eq!(app.calls("/job/r-1", 1).await[0].header("dapr-api-token"), Some("secret"));
}

pub(crate) async fn a_name_is_spelt_in_the_path_as_it_is(engine: &Engine) {
    let app = engine.content_app();
    let sidecar = engine.start_with(Setup::of_jobs(), &app).await;
    sidecar.schedule("a%20b:c", json!({"dueTime": "0s"})).await;
    assert_eq!(app.calls("/job/a%20b:c", 1).await.len(), 1);
}
