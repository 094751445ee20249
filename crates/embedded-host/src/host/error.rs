//! Why an application does not start, in words for whoever starts it.

use std::path::PathBuf;

use crate::engine::{CompileError, EngineError};
use crate::host_calls::HostCallLogError;
use crate::key_value::StoreError;
use crate::outbound::AllowedHostFault;
use crate::routing::RouteError;
use crate::sqlite::DatabaseError;
use crate::variables::{TemplateError, VariableError};

#[derive(Debug, thiserror::Error)]
pub enum StartError {
    #[error(transparent)]
    Variables(#[from] VariableError),
    #[error("component {component}, variable {variable}")]
    ComponentVariable { component: String, variable: String, source: TemplateError },
    #[error("component {component}, allowed_outbound_hosts entry {entry:?}")]
    AllowedHostTemplate { component: String, entry: String, source: TemplateError },
    #[error("component {component}, allowed_outbound_hosts:\n{}", lines(faults))]
    AllowedHosts { component: String, faults: Vec<AllowedHostFault> },
    #[error(transparent)]
    Route(#[from] RouteError),
    #[error(transparent)]
    Database(#[from] DatabaseError),
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Engine(#[from] EngineError),
    #[error("the epoch thread does not start")]
    Epoch { source: std::io::Error },
    #[error("{}", chains(errors))]
    Compile { errors: Vec<CompileError> },
    #[error("the host's own imports cannot be linked")]
    Linker { source: wasmtime::Error },
    #[error(
        "component {component} imports what this host does not provide; it provides WASI 0.2, \
         wasi:http, spin:sqlite@3.0.0, spin:postgres@4.0.0, fermyon:spin/variables@2.0.0 and \
         fermyon:spin/key-value@2.0.0"
    )]
    Imports { component: String, source: wasmtime::Error },
    #[error("component {component} ({wasm}) does not export wasi:http/incoming-handler@0.2")]
    Exports { component: String, wasm: PathBuf, source: wasmtime::Error },
    #[error(transparent)]
    HostCallLog(#[from] HostCallLogError),
}

fn lines(faults: &[AllowedHostFault]) -> String {
    faults.iter().map(|fault| format!("  - {fault}")).collect::<Vec<_>>().join("\n")
}

/// Several errors at once have no single source, so each tells its own.
fn chains(errors: &[CompileError]) -> String {
    let chain = |error: &CompileError| {
        let mut told = error.to_string();
        let mut cause = std::error::Error::source(error);
        while let Some(source) = cause {
            told = format!("{told}: {source}");
            cause = source.source();
        }
        told
    };
    errors.iter().map(chain).collect::<Vec<_>>().join("\n")
}
