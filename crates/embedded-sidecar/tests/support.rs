//! A sidecar around an app that is a closure, on virtual time; and the real binary as a process.

mod app;
mod fixture;
mod http_app;
mod process;

pub(crate) use app::{Seen, StubApp, after, status};
pub(crate) use fixture::{Fixture, post, request};
pub(crate) use http_app::HttpApp;
pub(crate) use process::{SidecarProcess, binary};

use serde_json::{Value, json};

/// A pub/sub component named `ps` without settings.
pub(crate) const PUBSUB: &str = "
apiVersion: dapr.io/v1alpha1
kind: Component
metadata: {name: ps}
spec: {type: pubsub.in-memory, version: v1}
";

/// A subscription to `topic` of `ps`, with everything to `/in`.
pub(crate) fn subscription(topic: &str) -> Value {
    json!({"pubsubname": "ps", "topic": topic, "route": "/in"})
}

/// The document with one more field.
pub(crate) fn with(mut document: Value, field: &str, value: Value) -> Value {
    document[field] = value;
    document
}
