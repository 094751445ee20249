//! The sidecar's router: what a request asks for. Owns the served paths; knows no answers.

use http::Method;

use crate::path;

/// One call of the Dapr API.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ApiCall {
    /// Names may be empty: which of the two is decides the error.
    Publish {
        pubsub: String,
        topic: String,
    },
    BulkPublish {
        pubsub: String,
        topic: String,
    },
    Healthz,
    HealthzOutbound,
    Metadata,
    SetMetadata {
        key: String,
    },
    Shutdown,
    /// A path parameter does not unescape: 400 in plain text.
    BadEscape,
    /// Nothing matched. Not a 404 of a router: such a call falls through to service invocation.
    Unserved,
}

impl ApiCall {
    pub fn parse(method: &Method, path: &str) -> Self {
        let segments = path::clean(path);
        match (method.as_str(), segments.as_slice()) {
            ("POST" | "PUT", ["v1.0" | "v1.0-alpha1", "publish", "bulk", pubsub, topic @ ..])
                if !topic.is_empty() =>
            {
                Self::addressed(pubsub, topic, |pubsub, topic| Self::BulkPublish { pubsub, topic })
            }
            ("POST" | "PUT", ["v1.0", "publish"]) => {
                Self::Publish { pubsub: String::new(), topic: String::new() }
            }
            ("POST" | "PUT", ["v1.0", "publish", pubsub, topic @ ..]) => {
                Self::addressed(pubsub, topic, |pubsub, topic| Self::Publish { pubsub, topic })
            }
            ("GET", ["v1.0", "healthz"]) => Self::Healthz,
            ("GET", ["v1.0", "healthz", "outbound"]) => Self::HealthzOutbound,
            ("GET", ["v1.0", "metadata"]) => Self::Metadata,
            ("PUT", ["v1.0", "metadata", key]) => match path::unescape(key) {
                Some(key) => Self::SetMetadata { key },
                None => Self::BadEscape,
            },
            ("POST", ["v1.0", "shutdown"]) => Self::Shutdown,
            _ => Self::Unserved,
        }
    }

    /// Whether the call is answered without the API token, so that probes need none. The metadata
    /// call is not exempt.
    pub fn is_open(&self) -> bool {
        matches!(self, Self::Healthz | Self::HealthzOutbound)
    }

    fn addressed(pubsub: &str, topic: &[&str], call: impl Fn(String, String) -> Self) -> Self {
        match (path::unescape(pubsub), path::unescape(&topic.join("/"))) {
            (Some(pubsub), Some(topic)) => call(pubsub, topic),
            _ => Self::BadEscape,
        }
    }
}
