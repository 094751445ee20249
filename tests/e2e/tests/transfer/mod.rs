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

#[track_caller]
fn export(client: &Client, format: &str) -> String {
    client.get(&format!("/api/me/export?format={format}")).expect(200).text()
}

/// An export without the names that the account gave its tasks.
fn nameless(export: &str, client: &Client) -> String {
    let owner = format!("@{}", client.user_id());
    let without_number =
        |part: &str| part.trim_end_matches(|c: char| c.is_ascii_digit()).to_owned();
    export.split(&owner).map(without_number).collect::<Vec<_>>().join("@somebody")
}

/// The figures of a report: created, duplicates, failed.
fn figures(report: &Value) -> [u64; 3] {
    ["created", "duplicates", "failed"].map(|name| report[name].as_u64().unwrap_or(u64::MAX))
}
