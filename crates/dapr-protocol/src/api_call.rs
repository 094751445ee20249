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
        version: ApiVersion,
        pubsub: String,
        topic: String,
    },
    ScheduleJob {
        version: ApiVersion,
        name: String,
    },
    GetJob {
        version: ApiVersion,
        name: String,
    },
    DeleteJob {
        version: ApiVersion,
        name: String,
    },
    InvokeBinding {
        name: String,
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

/// The version part of a served path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ApiVersion {
    Stable,
    Alpha1,
}

/// How an allow or deny list names a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ApiGroup {
    pub name: &'static str,
    pub version: &'static str,
}

impl ApiCall {
    pub fn parse(method: &Method, path: &str) -> Self {
        let segments = path::clean(path);
        match (method.as_str(), segments.as_slice()) {
            ("POST" | "PUT", [version, "publish", "bulk", pubsub, topic @ ..])
                if !topic.is_empty() =>
            {
                let Some(version) = ApiVersion::parse(version) else { return Self::Unserved };
                Self::addressed(pubsub, topic, |pubsub, topic| Self::BulkPublish {
                    version,
                    pubsub,
                    topic,
                })
            }
            ("POST" | "PUT", ["v1.0", "publish"]) => {
                Self::Publish { pubsub: String::new(), topic: String::new() }
            }
            ("POST" | "PUT", ["v1.0", "publish", pubsub, topic @ ..]) => {
                Self::addressed(pubsub, topic, |pubsub, topic| Self::Publish { pubsub, topic })
            }
            ("POST" | "GET" | "DELETE", [version, "jobs", name]) => {
                let Some(version) = ApiVersion::parse(version) else { return Self::Unserved };
                match path::unescape(name) {
                    Some(name) => Self::about_a_job(method, version, name),
                    None => Self::BadEscape,
                }
            }
            ("POST" | "PUT", ["v1.0", "bindings", name]) => match path::unescape(name) {
                Some(name) => Self::InvokeBinding { name },
                None => Self::BadEscape,
            },
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

    /// What the call is called in an allow or deny list; `None` for what cannot be turned off.
    pub fn group(&self) -> Option<ApiGroup> {
        let group = |name, version| Some(ApiGroup { name, version });
        match self {
            Self::Publish { .. } => group("publish", "v1.0"),
            Self::BulkPublish { version, .. } => group("publish", version.segment()),
            Self::ScheduleJob { version, .. }
            | Self::GetJob { version, .. }
            | Self::DeleteJob { version, .. } => group("jobs", version.segment()),
            Self::InvokeBinding { .. } => group("bindings", "v1.0"),
            Self::Metadata | Self::SetMetadata { .. } => group("metadata", "v1.0"),
            Self::Shutdown => group("shutdown", "v1.0"),
            Self::Healthz | Self::HealthzOutbound | Self::BadEscape | Self::Unserved => None,
        }
    }

    fn about_a_job(method: &Method, version: ApiVersion, name: String) -> Self {
        match *method {
            Method::POST => Self::ScheduleJob { version, name },
            Method::GET => Self::GetJob { version, name },
            _ => Self::DeleteJob { version, name },
        }
    }

    fn addressed(pubsub: &str, topic: &[&str], call: impl Fn(String, String) -> Self) -> Self {
        match (path::unescape(pubsub), path::unescape(&topic.join("/"))) {
            (Some(pubsub), Some(topic)) => call(pubsub, topic),
            _ => Self::BadEscape,
        }
    }
}

impl ApiVersion {
    fn segment(self) -> &'static str {
        match self {
            Self::Stable => "v1.0",
            Self::Alpha1 => "v1.0-alpha1",
        }
    }

    fn parse(segment: &str) -> Option<Self> {
        match segment {
            "v1.0" => Some(Self::Stable),
            "v1.0-alpha1" => Some(Self::Alpha1),
            _ => None,
        }
    }
}
