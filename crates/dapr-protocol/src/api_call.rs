//! The sidecar's router: what a request asks for. Owns the served paths; knows no answers.

use http::Method;

use crate::path;

/// One call of the Dapr API.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ApiCall {
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
    State {
        store: String,
        call: StateCall,
    },
    Secrets {
        store: String,
        call: SecretCall,
    },
    Converse {
        component: String,
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

/// What is asked of a state store.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StateCall {
    Get { key: String },
    BulkGet,
    Save,
    Delete { key: String },
    Transaction,
    Query,
}

/// What is asked of a secret store.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SecretCall {
    Get { name: String },
    GetAll,
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
            ("POST" | "PUT", ["v1.0", "publish", pubsub, topic @ ..]) if !topic.is_empty() => {
                Self::addressed(pubsub, topic, |pubsub, topic| Self::Publish { pubsub, topic })
            }
            ("POST" | "GET" | "DELETE", [version, "jobs", name]) => {
                let Some(version) = ApiVersion::parse(version) else { return Self::Unserved };
                Self::named(name, |name| Self::about_a_job(method, version, name))
            }
            ("POST" | "PUT", ["v1.0", "bindings", name]) => {
                Self::named(name, |name| Self::InvokeBinding { name })
            }
            (method, ["v1.0", "state", rest @ ..]) => Self::about_state(method, rest),
            ("POST" | "PUT", ["v1.0-alpha1", "state", store, "query"]) => {
                Self::named(store, |store| Self::State { store, call: StateCall::Query })
            }
            ("GET", ["v1.0", "secrets", store, "bulk"]) => {
                Self::named(store, |store| Self::Secrets { store, call: SecretCall::GetAll })
            }
            ("GET", ["v1.0", "secrets", store, name]) => {
                Self::named_twice(store, name, |store, name| Self::Secrets {
                    store,
                    call: SecretCall::Get { name },
                })
            }
            ("POST", ["v1.0-alpha2", "conversation", component, "converse"]) => {
                Self::named(component, |component| Self::Converse { component })
            }
            ("GET", ["v1.0", "healthz"]) => Self::Healthz,
            ("GET", ["v1.0", "healthz", "outbound"]) => Self::HealthzOutbound,
            ("GET", ["v1.0", "metadata"]) => Self::Metadata,
            ("PUT", ["v1.0", "metadata", key]) => Self::named(key, |key| Self::SetMetadata { key }),
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
            Self::State { call: StateCall::Query, .. } => group("state", "v1.0-alpha1"),
            Self::State { .. } => group("state", "v1.0"),
            Self::Secrets { .. } => group("secrets", "v1.0"),
            Self::Converse { .. } => group("conversation", "v1.0-alpha2"),
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

    /// `bulk` and `transaction` are calls only to those who post: a key may be named so.
    fn about_state(method: &str, rest: &[&str]) -> Self {
        let whole = |store: &str, call| Self::named(store, |store| Self::State { store, call });
        let keyed = |store: &str, key: &str, call: fn(String) -> StateCall| {
            Self::named_twice(store, key, |store, key| Self::State { store, call: call(key) })
        };
        match (method, rest) {
            ("POST" | "PUT", [store]) => whole(store, StateCall::Save),
            ("POST" | "PUT", [store, "bulk"]) => whole(store, StateCall::BulkGet),
            ("POST" | "PUT", [store, "transaction"]) => whole(store, StateCall::Transaction),
            ("GET", [store, key]) => keyed(store, key, |key| StateCall::Get { key }),
            ("DELETE", [store, key]) => keyed(store, key, |key| StateCall::Delete { key }),
            _ => Self::Unserved,
        }
    }

    fn named(name: &str, call: impl FnOnce(String) -> Self) -> Self {
        path::unescape(name).map_or(Self::BadEscape, call)
    }

    fn named_twice(a: &str, b: &str, call: impl FnOnce(String, String) -> Self) -> Self {
        match (path::unescape(a), path::unescape(b)) {
            (Some(a), Some(b)) => call(a, b),
            _ => Self::BadEscape,
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
