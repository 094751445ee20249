//! Files of tasks through the real components: what comes in, what goes out, and what stays of an
//! upload that was cut off.

mod fixtures;
mod large;
mod refusals;
mod resuming;
mod upload;

use serde_json::Value;
use test_support::{Call, Client};

/// Uploads a file and gives the report.
#[track_caller]
fn import(client: &Client, query: &str, file: &str) -> Value {
    let call = Call::new("POST", &format!("/api/me/import?{query}"));
    client.call(call.bytes(file.as_bytes().to_vec())).expect(200).json()
}

/// What an account exports, without the name of the account.
#[track_caller]
fn export(client: &Client, format: &str) -> String {
    let answer = client.get(&format!("/api/me/export?format={format}")).expect(200);
    answer.text().replace(client.user_id(), "somebody")
}

/// The figures of a report: created, duplicates, failed.
fn figures(report: &Value) -> [u64; 3] {
    ["created", "duplicates", "failed"].map(|name| report[name].as_u64().unwrap_or(u64::MAX))
}
