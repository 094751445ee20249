//! A wasmtime host that runs a spin.toml the way Spin does.
//!
//! It is a library first: load a manifest, build a [`Host`], hand it requests with or without a
//! socket, join services to it in the same process. It runs any application whose components are
//! WASI 0.2 HTTP handlers, and names no task type: what the components do is theirs alone.

mod admission;
mod application;
pub mod clock;
mod engine;
mod guest;
mod host;
mod host_calls;
mod inbound;
mod joined_sidecar;
mod key_value;
mod manifest;
mod metrics;
mod outbound;
mod postgres;
mod routing;
mod runtime_config;
mod sqlite;
mod strict_toml;
mod variables;

pub use application::Limits;
pub use embedded_sidecar::{CrashPoint, CrashPointError, CrashWhen};
pub use engine::{CompileError, CompileProgress, CompileSource, EngineError, EngineLimits};
pub use host::{BodyError, Drained, Host, HostBuilder, ResponseBody, StartError};
pub use host_calls::{HostCallKind, HostCallLogError};
pub use joined_sidecar::{HostChannel, SidecarLink};
pub use key_value::StoreError;
pub use manifest::{
    ComponentManifest, HttpTrigger, Manifest, ManifestError, TriggerRoute, VariableDeclaration,
};
pub use outbound::{AllowedHostFault, Authority, AuthorityFuture, Refused};
pub use routing::{Route, RouteError};
pub use runtime_config::{RuntimeConfig, RuntimeConfigError};
pub use sqlite::DatabaseError;
pub use strict_toml::{Fault, Faults};
pub use variables::{TemplateError, VariableError, VariableProvider, VariableSources};
