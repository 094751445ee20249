//! openapi.json against the running app: every call of the document answers as it says, and no
//! call answers that the document does not know.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use test_support::{Answer, Call, Client};

use super::{app_with_user, end};

/// These want a delivery, and so a reminder that fell due; the tests of notifications call them.
const OF_DELIVERIES: &str = "/api/{user}/deliveries/{delivery}";

const SOME_ID: &str = "01890f5e-0000-7000-8000-000000000001";

const NEW_PASSWORD: &str = "another horse";
const IMPORT: &str = "0198a0c0-0000-7000-8000-000000000001";

/// Each call once, in an order in which each finds what it needs.
fn calls(password: &str) -> Vec<(&'static str, &'static str, Option<Value>)> {
    let credentials = json!({"email": "document@example.org", "password": "correct horse"});
    let recurring = json!({
        "title": "Again", "due_at": "2027-01-31T09:00:00Z", "recurrence": "monthly",
    });
    let preview = json!({"rule": "daily", "due_at": "2027-01-31T09:00:00Z"});
    let passwords = json!({"current_password": password, "new_password": NEW_PASSWORD});
    let webhook = json!({"type": "webhook", "url": "https://hooks.example.org/"});
    let task = "/api/{user}/tasks/{id}";
    vec![
        ("POST", "/api/auth/signup", Some(credentials.clone())),
        ("POST", "/api/auth/signin", Some(credentials)),
        ("POST", "/api/{user}/tasks", Some(recurring.clone())),
        ("GET", "/api/{user}/tasks", None),
        ("GET", "/api/{user}/tasks/stats", None),
        ("GET", "/api/{user}/tasks/upcoming", None),
        ("GET", "/api/{user}/tasks/overdue", None),
        ("GET", task, None),
        ("PUT", task, Some(recurring)),
        ("PATCH", task, Some(json!({"title": "Changed"}))),
        ("POST", "/api/{user}/tasks/{id}/snooze", Some(json!({"minutes": 5}))),
        ("POST", "/api/{user}/tasks/{id}/skip", None),
        ("POST", "/api/{user}/tasks/{id}/complete", None),
        ("POST", "/api/{user}/tasks/{id}/reopen", None),
        ("PATCH", "/api/{user}/tasks/{id}/complete", Some(json!({"completed": true}))),
        ("GET", "/api/{user}/tasks/{id}/history", None),
        ("POST", "/api/{user}/recurrence/preview", Some(preview)),
        ("GET", "/api/{user}/changes", None),
        ("GET", "/api/{user}/sync", None),
        ("POST", "/api/{user}/sync/ticket", None),
        ("GET", "/api/{user}/sync/ticket", None),
        ("POST", "/api/{user}/import", Some(json!([{"title": "From a file"}]))),
        ("GET", "/api/{user}/imports", None),
        ("GET", "/api/{user}/imports/{import_id}", None),
        ("GET", "/api/{user}/export", None),
        ("DELETE", task, None),
        ("POST", "/api/{user}/channels", Some(webhook.clone())),
        ("GET", "/api/{user}/channels", None),
        ("POST", "/api/{user}/channels/{channel}/rotate", None),
        ("DELETE", "/api/{user}/channels/{channel}", None),
        ("PUT", "/api/{user}/channels", Some(json!({"channels": [webhook]}))),
        ("GET", "/api/{user}/deliveries", None),
        ("GET", "/api/{user}/profile", None),
        ("PUT", "/api/{user}/profile", Some(json!({"name": "Another"}))),
        ("PUT", "/api/{user}/password", Some(passwords)),
        ("DELETE", "/api/{user}/profile", Some(json!({"password": NEW_PASSWORD}))),
    ]
}

/// The path of a call on the user's own first task and only import.
fn path(template: &str) -> String {
    let path = template.replace("{user}", "me").replace("{id}", "1");
    if path.ends_with("/import") {
        return format!("{path}?id={IMPORT}");
    }
    let path = path.replace("{import_id}", IMPORT);
    path.replace("{channel}", SOME_ID).replace("{delivery}", SOME_ID)
}

fn document(client: &Client) -> Value {
    client.anonymous().get("/openapi.json").expect(200).json()
}

fn operations(document: &Value) -> BTreeSet<(String, String)> {
    let paths = document["paths"].as_object().cloned().unwrap_or_default();
    let mut operations = BTreeSet::new();
    for (path, methods) in paths {
        for method in methods.as_object().into_iter().flat_map(|methods| methods.keys()) {
            if method != "parameters" {
                operations.insert((method.to_uppercase(), path.clone()));
            }
        }
    }
    operations
}

#[test]
fn every_call_of_the_document_answers_as_it_says() {
    let (app, mut client) = app_with_user();
    let document = document(&client);
    let calls = calls(client.password());
    let called: BTreeSet<(String, String)> =
        calls.iter().map(|(method, path, _)| ((*method).to_owned(), (*path).to_owned())).collect();
    let mut documented = operations(&document);
    documented.retain(|(_, path)| !path.starts_with(OF_DELIVERIES));
    assert_eq!(documented, called);
    let mut channel = String::new();
    for (method, template, body) in calls {
        let path = path(template).replace(SOME_ID, &channel);
        if is_stream(&document, method, template) {
            assert!(client.follow(&path, None).next().is_some(), "{path} says nothing");
            continue;
        }
        let call = Call::new(method, &path);
        let answer = client.call(match body {
            Some(body) => call.json(body),
            None => call,
        });
        check_shape(&document, method, template, &answer);
        if (method, template) == ("POST", "/api/{user}/channels") {
            channel = answer.json()["id"].as_str().unwrap_or_default().to_owned();
        }
        if template.ends_with("/password") {
            // The tokens given before are no longer good.
            let token = answer.json()["access_token"].as_str().unwrap_or_default().to_owned();
            client = client.with_token(&token);
        }
    }
    end(app);
}

/// A stream has no end to wait for.
fn is_stream(document: &Value, method: &str, template: &str) -> bool {
    let answer = &document["paths"][template][method.to_lowercase()]["responses"]["200"];
    answer["content"]["text/event-stream"].is_object()
}

/// The answer is a success that the document names, and has the members of its schema: all that
/// are required, and none that are unknown.
#[track_caller]
fn check_shape(document: &Value, method: &str, template: &str, answer: &Answer) {
    let operation = &document["paths"][template][method.to_lowercase()];
    let documented = &operation["responses"][answer.status.to_string()];
    assert!(answer.is_success(), "{method} {template}: {}", answer.text());
    assert!(documented.is_object(), "{method} {template} answered {}", answer.status);
    let schema = &documented["content"]["application/json"]["schema"];
    if schema.is_null() {
        assert_eq!(answer.text(), "", "{method} {template}");
        return;
    }
    assert_eq!(answer.header("content-type"), Some("application/json"));
    let faults = mismatches(document, schema, &answer.json(), "");
    assert_eq!(faults, Vec::<String>::new(), "{method} {template}: {}", answer.text());
}

fn mismatches(document: &Value, schema: &Value, value: &Value, at: &str) -> Vec<String> {
    if let Some(reference) = schema["$ref"].as_str() {
        let pointer = reference.trim_start_matches('#');
        let found = document.pointer(pointer);
        let found = found.unwrap_or_else(|| panic!("the document has no {reference}"));
        return mismatches(document, found, value, at);
    }
    if let Some(options) = schema["oneOf"].as_array() {
        let faults = options.iter().map(|option| mismatches(document, option, value, at));
        return faults.min_by_key(Vec::len).unwrap_or_default();
    }
    if !is_of_type(&schema["type"], value) {
        return vec![format!("{at} is {value}, not {}", schema["type"])];
    }
    match value {
        Value::Array(items) => {
            let each = items.iter().zip(0..);
            each.flat_map(|(item, index)| {
                mismatches(document, &schema["items"], item, &format!("{at}[{index}]"))
            })
            .collect()
        }
        Value::Object(members) if schema["properties"].is_object() => {
            let required = schema["required"].as_array().cloned().unwrap_or_default();
            let missing = required.iter().filter_map(Value::as_str);
            let missing = missing.filter(|name| !members.contains_key(*name));
            let mut faults: Vec<String> =
                missing.map(|name| format!("{at}.{name} is missing")).collect();
            for (name, member) in members {
                let place = format!("{at}.{name}");
                match schema["properties"].get(name) {
                    Some(known) => faults.extend(mismatches(document, known, member, &place)),
                    None => faults.push(format!("{place} is unknown")),
                }
            }
            faults
        }
        _ => Vec::new(),
    }
}

/// `type` is a name, a list of names, or absent.
fn is_of_type(expected: &Value, value: &Value) -> bool {
    let kind = match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(number) if number.is_f64() => "number",
        Value::Number(_) => "integer",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    };
    match expected {
        Value::Array(names) => names.iter().any(|name| name == kind),
        Value::String(name) => name == kind,
        _ => true,
    }
}

#[test]
fn every_call_wants_a_token_and_knows_its_methods() {
    let (app, client) = app_with_user();
    let document = document(&client);
    for (method, template) in operations(&document) {
        let path = path(&template);
        let answer = client.anonymous().call(Call::new(&method, &path));
        let expected = if template.starts_with("/api/auth/") { [400, 415] } else { [401, 401] };
        assert!(expected.contains(&answer.status), "{method} {path}: {}", answer.status);
        let wrong = client.call(Call::new("TRACE", &path)).expect(405);
        let allowed = wrong.header("allow").unwrap_or_default();
        assert!(allowed.split(", ").any(|name| name == method), "{path} allows {allowed}");
    }
    end(app);
}

#[test]
fn health_readiness_and_figures_answer_everybody() {
    let (app, client) = app_with_user();
    let anyone = client.anonymous();
    anyone.get("/healthz").expect(200);
    assert!(anyone.get("/readyz").expect(200).text().starts_with("ready"));
    let metrics = anyone.get("/metrics").expect(200);
    assert!(metrics.header("content-type").is_some_and(|kind| kind.starts_with("text/plain")));
    for name in [
        "outbox_pending",
        "outbox_oldest_age_seconds",
        "events_published_total",
        "events_parked",
        "dead_letters",
        "users 1",
        "tasks 0",
    ] {
        assert!(metrics.text().contains(&format!("\ntaskmaster_{name}")), "{name}");
    }
    end(app);
}
