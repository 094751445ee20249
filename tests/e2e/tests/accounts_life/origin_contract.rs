//! Programs written for the older API go on working: every call they make is replayed from a file,
//! by both spellings of a user's paths.
//!
//! A call is a request with what must come of it: the status, the shape of the answer, single
//! values by JSON pointer, the titles of a list in their order, and what later calls refer to.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::{Map, Value};
use test_support::{Answer, App, Call};

const CONTRACT: &str = include_str!("../../../fixtures/contracts/origin.json");
const PASSWORD: &str = "correct horse";

#[derive(Deserialize)]
struct Contract {
    /// By name; a member is another shape's name, a JSON type, or several of them with `|`.
    shapes: BTreeMap<String, Value>,
    calls: Vec<Request>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Request {
    says: String,
    method: String,
    path: String,
    /// Whose token it carries: that of the user unless it says otherwise.
    #[serde(rename = "as")]
    bearer: Option<String>,
    body: Option<Value>,
    status: u16,
    shape: Option<String>,
    #[serde(default)]
    values: BTreeMap<String, Value>,
    titles: Option<Vec<String>>,
    #[serde(default)]
    keep: BTreeMap<String, String>,
}

/// What stands for `{name}` in the file.
struct Names(BTreeMap<String, String>);

impl Names {
    fn fill(&self, text: &str) -> String {
        let Some((before, rest)) = text.split_once('{') else { return text.to_owned() };
        let Some((name, after)) = rest.split_once('}') else { return text.to_owned() };
        let value = match name.strip_prefix("text:") {
            Some(length) => "t".repeat(length.parse().expect("a length")),
            None => self.fill(self.0.get(name).unwrap_or_else(|| panic!("no {name} is kept"))),
        };
        format!("{before}{value}{}", self.fill(after))
    }

    fn fill_in(&self, value: &Value) -> Value {
        match value {
            Value::String(text) => Value::String(self.fill(text)),
            Value::Object(members) => {
                let filled =
                    members.iter().map(|(name, value)| (name.clone(), self.fill_in(value)));
                Value::Object(filled.collect::<Map<_, _>>())
            }
            other => other.clone(),
        }
    }

    fn keep(&mut self, name: &str, value: &Value) {
        let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        self.0.insert(name.to_owned(), text);
    }
}

impl Contract {
    /// `expected` is a shape's name, a type's, a list with the one of its items, or an object.
    fn faults(&self, expected: &Value, found: &Value, at: &str) -> Vec<String> {
        match (expected, found) {
            (Value::String(names), _) => {
                let fits = |name| match self.shapes.get(name) {
                    Some(shape) if found.is_object() => self.faults(shape, found, at),
                    _ if type_of(found) == name => Vec::new(),
                    _ => vec![format!("{at} is {found}, not {names}")],
                };
                names.split('|').map(fits).min_by_key(Vec::len).unwrap_or_default()
            }
            (Value::Array(item), Value::Array(items)) => {
                let each = items.iter().zip(0..);
                each.flat_map(|(found, index)| {
                    self.faults(&item[0], found, &format!("{at}/{index}"))
                })
                .collect()
            }
            (Value::Object(members), Value::Object(_)) => {
                let each = members.iter();
                each.flat_map(|(name, expected)| match found.get(name) {
                    Some(found) => self.faults(expected, found, &format!("{at}/{name}")),
                    None => vec![format!("{at}/{name} is missing")],
                })
                .collect()
            }
            _ => vec![format!("{at} is {found}, not {expected}")],
        }
    }

    fn check(&self, request: &Request, names: &Names, answer: &Answer) {
        let told = format!("{}: {} answered {}", request.says, answer.request, answer.text());
        assert_eq!(answer.status, request.status, "{told}");
        let Some(shape) = &request.shape else {
            assert_eq!(answer.text(), "", "{told}");
            return;
        };
        let body = answer.json();
        let faults = self.faults(&Value::String(shape.clone()), &body, "");
        assert_eq!(faults, Vec::<String>::new(), "{told}");
        for (pointer, expected) in &request.values {
            assert_eq!(
                body.pointer(pointer),
                Some(&names.fill_in(expected)),
                "{pointer} of {told}"
            );
        }
        if let Some(titles) = &request.titles {
            let tasks = body["tasks"].as_array().cloned().unwrap_or_default();
            let found: Vec<_> = tasks.iter().filter_map(|task| task["title"].as_str()).collect();
            assert_eq!(found, *titles, "{told}");
        }
    }
}

fn type_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(number) if number.is_f64() => "number",
        Value::Number(_) => "integer",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    }
}

/// Replays all calls, with `base` as the start of a user's paths.
fn check(base: &str, email: &str) {
    let contract: Contract = serde_json::from_str(CONTRACT).expect("a contract");
    let app = App::start();
    let known = [("base", base), ("email", email), ("password", PASSWORD)];
    let known = known.map(|(name, value)| (name.to_owned(), value.to_owned()));
    let mut names = Names(BTreeMap::from(known));
    for request in &contract.calls {
        let bearer = request.bearer.as_deref().unwrap_or("token");
        let client = match names.0.get(bearer) {
            Some(token) => app.client().with_token(token),
            None => app.client(),
        };
        let call = Call::new(&request.method, &names.fill(&request.path));
        let answer = client.call(match &request.body {
            Some(body) => call.json(names.fill_in(body)),
            None => call,
        });
        contract.check(request, &names, &answer);
        for (name, pointer) in &request.keep {
            let kept = answer.json();
            names.keep(name, kept.pointer(pointer).expect("what the contract keeps"));
        }
    }
    app.wait_until_quiet();
    app.stop();
}

#[test]
fn every_call_answers_as_it_did_by_the_newer_spelling() {
    check("/api/{user}", "newer@example.org");
}

#[test]
fn every_call_answers_as_it_did_by_the_older_spelling() {
    check("/api/users/{user}", "older@example.org");
}
