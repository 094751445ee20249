//! The HTTP API as its document and its users have it: shapes, statuses, headers, limits.

mod accounts;
mod changes;
mod document;
mod idempotency;
mod lists;
mod recurrence;
mod refusals;
mod tasks;

use serde_json::Value;
use test_support::{App, Client};

/// An app with one user who has nothing yet.
fn app_with_user() -> (App, Client) {
    let app = App::start();
    let client = app.client().sign_up("contract@example.org");
    (app, client)
}

/// Settles, so that every contract test also checks the events of what it did.
fn end(app: App) {
    app.settle();
    app.stop();
}

fn titles(page: &Value) -> Vec<&str> {
    let tasks = page["tasks"].as_array().map(Vec::as_slice).unwrap_or_default();
    tasks.iter().filter_map(|task| task["title"].as_str()).collect()
}
