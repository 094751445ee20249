//! Dapr's resource files, read as daprd reads them.
//!
//! Owns the file format, scopes and references. It must not know what a component does: areas
//! read their own settings out of [`Component`].

mod component;
mod configuration;
mod document;
mod error;
mod files;
mod secret_scopes;

use dapr_protocol::Subscription;
use dapr_protocol::subscription::read_declarative;

pub(crate) use component::Component;
pub(crate) use configuration::Configuration;
pub use error::{ResourceError, SecretName};
pub(crate) use files::Files;
pub(crate) use secret_scopes::SecretScopes;

use crate::config::SidecarConfig;
use crate::resiliency::Resiliency;
use document::Document;

/// Everything the resource folders and configuration files state for this app.
#[derive(Debug)]
pub(crate) struct Resources {
    pub(crate) components: Vec<Component>,
    pub(crate) subscriptions: Vec<Subscription>,
    pub(crate) resiliency: Resiliency,
    pub(crate) configuration: Configuration,
}

/// Kinds daprd reads for building blocks that are not served here. Their files may lie in the
/// same folder, so they are no error.
const UNSERVED_KINDS: [&str; 3] = ["HTTPEndpoint", "MCPServer", "WorkflowAccessPolicy"];

impl Resources {
    pub(crate) fn read(files: &Files, config: &SidecarConfig) -> Result<Self, ResourceError> {
        let mut resources = Self {
            components: Vec::new(),
            subscriptions: Vec::new(),
            resiliency: Resiliency::default(),
            configuration: Configuration::default(),
        };
        for file in &files.resources {
            for document in document::read_documents(file)? {
                resources.add(document, config)?;
            }
        }
        for file in &files.configurations {
            resources.configuration.read(file, &config.environment)?;
        }
        Ok(resources)
    }

    fn add(&mut self, document: Document, config: &SidecarConfig) -> Result<(), ResourceError> {
        if !document.is_for(&config.app_id) {
            return Ok(());
        }
        match document.kind.as_str() {
            "Component" => self.add_component(document, config),
            "Subscription" => {
                let origin = document.origin.clone();
                let subscription = read_declarative(&document.api_version, document.spec)
                    .map_err(|source| ResourceError::Subscription { origin, source })?;
                self.subscriptions.push(subscription);
                Ok(())
            }
            "Resiliency" => self
                .resiliency
                .add(&document.spec)
                .map_err(|source| ResourceError::Resiliency { origin: document.origin, source }),
            // Named by --config, not found by folder; daprd skips it here too.
            "Configuration" => Ok(()),
            kind if UNSERVED_KINDS.contains(&kind) => {
                tracing::warn!(kind, at = %document.origin, "this kind of resource is not served");
                Ok(())
            }
            kind => {
                Err(ResourceError::UnknownKind { kind: kind.to_owned(), origin: document.origin })
            }
        }
    }

    fn add_component(
        &mut self,
        document: Document,
        config: &SidecarConfig,
    ) -> Result<(), ResourceError> {
        let component = Component::read(document, config)?;
        match self.components.iter().find(|other| other.name == component.name) {
            Some(first) => Err(ResourceError::DuplicateComponent {
                name: component.name,
                origin: component.origin,
                first: first.origin.clone(),
            }),
            None => {
                self.components.push(component);
                Ok(())
            }
        }
    }
}
