//! A job as the sidecar reads and shows it.
//!
//! The body is protobuf's JSON: unknown fields are ignored, both spellings of a name are taken,
//! and data are a `google.protobuf.Value`, whose numbers are 64-bit floats.

use std::time::Duration;

use bytes::Bytes;
use http::{Response, StatusCode};
use serde::de::{Deserialize, Deserializer, Error, IgnoredAny};
use serde_json::{Map, Number, Value, json};

use super::schedule::{FailurePolicy, ScheduleJob};
use crate::error_body::{json_response, read_object};

/// Integers below this are exact as floats, and are shown without a fraction.
const EXACT_INTEGERS: f64 = 9_007_199_254_740_992.0;

/// The body of a `POST`.
#[derive(Debug, PartialEq, serde::Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct JobDocument {
    /// Dapr refuses a name here: it stands in the path.
    #[serde(default)]
    name: Option<String>,
    #[serde(default)]
    schedule: Option<String>,
    #[serde(default, alias = "due_time")]
    due_time: Option<String>,
    #[serde(default, deserialize_with = "count")]
    repeats: Option<u32>,
    #[serde(default)]
    ttl: Option<String>,
    #[serde(default)]
    overwrite: Option<bool>,
    #[serde(default, deserialize_with = "data")]
    data: Option<Value>,
    #[serde(default, alias = "failure_policy")]
    failure_policy: Option<PolicyDocument>,
}

#[derive(Debug, Default, PartialEq, serde::Deserialize)]
struct PolicyDocument {
    #[serde(default)]
    drop: Option<IgnoredAny>,
    #[serde(default)]
    constant: Option<ConstantDocument>,
}

#[derive(Debug, PartialEq, serde::Deserialize)]
#[serde(rename_all = "camelCase")]
struct ConstantDocument {
    #[serde(default, deserialize_with = "interval")]
    interval: Option<Duration>,
    #[serde(default, alias = "max_retries", deserialize_with = "count")]
    max_retries: Option<u32>,
}

impl JobDocument {
    pub fn read(body: &[u8]) -> Result<Self, serde_json::Error> {
        // Nothing at all states nothing, and is no mistake of its own.
        let body = if body.is_empty() { b"{}" } else { body };
        let document: Self = read_object(body)?;
        match &document.failure_policy {
            Some(PolicyDocument { drop: Some(_), constant: Some(_) }) => {
                Err(Error::custom("a failure policy is either drop or constant"))
            }
            _ => Ok(document),
        }
    }

    pub fn states_a_name(&self) -> bool {
        self.name.as_ref().is_some_and(|name| !name.is_empty())
    }

    /// The job of that name.
    pub fn named(self, name: &str) -> ScheduleJob {
        ScheduleJob {
            name: name.to_owned(),
            schedule: self.schedule,
            due_time: self.due_time,
            repeats: self.repeats,
            ttl: self.ttl,
            overwrite: self.overwrite.unwrap_or_default(),
            data: self.data,
            failure_policy: self.failure_policy.and_then(PolicyDocument::into_policy),
        }
    }
}

impl PolicyDocument {
    fn into_policy(self) -> Option<FailurePolicy> {
        match self {
            Self { constant: Some(constant), .. } => Some(FailurePolicy::Constant {
                interval: constant.interval.unwrap_or_default(),
                max_retries: constant.max_retries,
            }),
            Self { drop: Some(_), .. } => Some(FailurePolicy::Drop),
            Self { drop: None, constant: None } => None,
        }
    }
}

impl ScheduleJob {
    /// What the app will be called with: the data as JSON text, or nothing.
    pub fn callback_body(&self) -> Bytes {
        self.data.as_ref().map(Value::to_string).unwrap_or_default().into()
    }

    /// The sidecar's answer to `GET /v1.0/jobs/{name}`: the job as it was stated.
    pub fn to_answer(&self) -> Response<Bytes> {
        let mut document = self.document();
        if let Some(data) = document.remove("data") {
            let kind = "type.googleapis.com/google.protobuf.Value";
            document.insert("data".to_owned(), json!({"@type": kind, "value": data}));
        }
        document.insert("name".to_owned(), Value::String(self.name.clone()));
        json_response(StatusCode::OK, &document)
    }

    /// The job as a body that [`JobDocument::read`] reads back, apart from `overwrite`, which is
    /// about the request.
    pub fn document(&self) -> Map<String, Value> {
        let mut document = self.body();
        document.remove("overwrite");
        document
    }
}

/// A number of times: zero or more, also as a string or with a fraction of zero.
fn count<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<u32>, D::Error> {
    let amount = match Value::deserialize(deserializer)? {
        Value::Null => return Ok(None),
        Value::Number(number) => number.as_f64(),
        Value::String(text) => text.parse().ok(),
        _ => None,
    };
    match amount {
        Some(amount) if amount.fract() == 0.0 && (0.0..=f64::from(u32::MAX)).contains(&amount) => {
            Ok(Some(amount as u32))
        }
        _ => Err(Error::custom("expected a whole number that is not negative")),
    }
}

/// Protobuf's duration: seconds with up to nine digits after the point, and the letter s.
fn interval<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Duration>, D::Error> {
    let Some(text) = Option::<String>::deserialize(deserializer)? else { return Ok(None) };
    let parse = || {
        let (whole, fraction) = match text.strip_suffix('s')?.split_once('.') {
            Some((whole, fraction)) => (whole, fraction),
            None => (text.strip_suffix('s')?, "0"),
        };
        let are_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
        if fraction.is_empty() || fraction.len() > 9 || !are_digits(whole) || !are_digits(fraction)
        {
            return None;
        }
        let nanos = format!("{fraction:0<9}").parse().ok()?;
        Some(Duration::new(whole.parse().ok()?, nanos))
    };
    match parse() {
        Some(interval) => Ok(Some(interval)),
        None => Err(Error::custom(format!("{text:?} is not a duration such as \"5s\""))),
    }
}

/// Data that are there, `null` included.
fn data<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Value>, D::Error> {
    Value::deserialize(deserializer).map(as_protobuf).map(Some)
}

/// What is left of a value that went through `google.protobuf.Value`.
fn as_protobuf(value: Value) -> Value {
    match value {
        Value::Number(number) => Value::Number(as_float(number)),
        Value::Array(items) => items.into_iter().map(as_protobuf).collect(),
        Value::Object(fields) => {
            fields.into_iter().map(|(name, value)| (name, as_protobuf(value))).collect()
        }
        other => other,
    }
}

fn as_float(number: Number) -> Number {
    let Some(float) = number.as_f64() else { return number };
    if float.fract() == 0.0 && float.abs() <= EXACT_INTEGERS {
        return Number::from(float as i64);
    }
    Number::from_f64(float).unwrap_or(number)
}
