//! Who may come in where: Dapr, operators, strangers. What people may do is the API's contract.

use serde_json::json;
use task_contracts::names::{Topic, route};
use test_support::{App, Call, Client, eventually};

const APP_TOKEN: &str = "what-only-the-sidecar-knows";
const API_TOKEN: &str = "what-only-the-app-knows";

/// The main job, from sign-up to the next instance.
#[track_caller]
fn check_main_job(app: &App) -> Client {
    let client = app.client().sign_up("doors@example.org");
    let task = client.create(json!({
        "title": "Again", "due_at": "2027-01-31T09:00:00Z", "recurrence": "daily",
    }));
    client.complete(&task["id"]);
    eventually("a next instance", || client.next_instance(&task));
    client
}

#[test]
fn inbound_paths_want_the_app_token_when_one_is_set() {
    let app = App::builder().app_token(APP_TOKEN).start();
    let stranger = app.client();
    let paths = [route::RECURRENCE, route::IGNORE, route::DEAD_LETTER, route::CRON_RELAY];
    for path in paths.into_iter().chain(["/events/unheard-of", "/job/any", "/cron/any"]) {
        let call = Call::post(path, json!({}));
        stranger.call(call.clone()).expect(401);
        stranger.call(call.clone().header("dapr-api-token", "a guess")).expect(401);
        let admitted = stranger.call(call.header("dapr-api-token", APP_TOKEN));
        assert!(![401, 404].contains(&admitted.status), "{path}: {}", admitted.status);
    }
    // The sidecar knows the token, so the main job goes on.
    check_main_job(&app);
    app.settle();
    app.stop();
}

#[test]
fn the_app_shows_the_sidecar_its_token_and_nobody_else_gets_in() {
    let app = App::builder().sidecar_token(API_TOKEN).offering_the_sidecar().start();
    let client = check_main_job(&app);
    let event = json!({
        "specversion": "1.0", "id": "x", "source": "tests", "type": "task.updated", "data": {},
    });
    let refused = app.broker().try_publish(Topic::TaskEvents.as_str(), &event, client.user_id());
    assert_eq!(refused, 401);
    app.settle();
    app.stop();
}

#[test]
fn an_inbound_path_that_this_app_does_not_hold_is_unavailable_and_never_missing() {
    let app = App::start();
    for path in ["/events/elsewhere", "/events/a/b", "/job/a/b", "/cron/elsewhere"] {
        let answer = app.client().call(Call::post(path, json!({}))).expect(503);
        answer.problem_fields();
    }
    app.stop();
}

#[test]
fn the_admin_routes_open_to_the_operator_alone() {
    let app = App::start();
    let client = app.client().sign_up("curious@example.org");
    for path in ["/admin/dead-letters", "/admin/dead-letters/1"] {
        app.client().get(path).expect(401);
        client.get(path).expect(401);
    }
    app.operator().get("/admin/dead-letters").expect(200);
    app.stop();

    let closed = App::builder().variable("admin_token", "").start();
    closed.client().with_token("").get("/admin/dead-letters").expect(403);
    closed.operator().get("/admin/dead-letters").expect(403);
    closed.stop();
}
