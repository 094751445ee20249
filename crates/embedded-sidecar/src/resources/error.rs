//! Why a resource cannot be used. Every variant says where to look.

use std::path::PathBuf;

use super::document::Origin;
use crate::resiliency::PolicyError;

#[derive(Debug, thiserror::Error)]
pub enum ResourceError {
    #[error("cannot read {}", path.display())]
    Read {
        path: PathBuf,
        #[source]
        source: std::io::Error,
    },
    #[error("{origin}: not valid YAML")]
    Yaml {
        origin: Origin,
        #[source]
        source: serde_norway::Error,
    },
    #[error("{origin}: not a resource")]
    Shape {
        origin: Origin,
        #[source]
        source: serde_json::Error,
    },
    #[error("{origin}: unknown kind {kind:?}")]
    UnknownKind { kind: String, origin: Origin },
    #[error("{origin}: component {name:?} is also defined in {first}")]
    DuplicateComponent { name: String, origin: Origin, first: Origin },
    #[error("{origin}: component {name:?} has type {component_type:?}, which is not served here")]
    UnservedType { name: String, component_type: String, origin: Origin },
    #[error("{origin}: component {name:?}: {setting} is {value:?}, expected {expected}")]
    Setting {
        name: String,
        setting: &'static str,
        value: String,
        expected: &'static str,
        origin: Origin,
    },
    #[error(
        "{origin}: component {name:?}: {setting} is the secret {:?} of the store {:?}, which has no \
         such value",
        secret.name,
        secret.store
    )]
    SecretSetting { name: String, setting: String, secret: Box<SecretName>, origin: Origin },
    #[error("{}: not a JSON object of secrets", path.display())]
    SecretsFile {
        path: PathBuf,
        #[source]
        source: serde_json::Error,
    },
    #[error("{origin}: cannot use this Subscription")]
    Subscription {
        origin: Origin,
        #[source]
        source: dapr_protocol::subscription::DeclarativeError,
    },
    #[error("{origin}: cannot use this Resiliency")]
    Resiliency {
        origin: Origin,
        #[source]
        source: PolicyError,
    },
}

/// Where a secret was looked for. Apart, so that every other error stays small.
#[derive(Debug)]
pub struct SecretName {
    pub name: String,
    pub store: String,
}
