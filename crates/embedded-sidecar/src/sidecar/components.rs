//! The components of a sidecar, each read by the area that serves it.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;

use crate::bindings::{HttpBinding, InputBinding, OutputBinding, SmtpBinding};
use crate::config::SidecarConfig;
use crate::error::SidecarError;
use crate::pubsub::{PubsubComponent, warn_about_other_brokers};
use crate::resources::{Component, ResourceError, Resources};
use crate::secrets::SecretStores;
use crate::state::{OpenStates, StateComponent, warn_about_other_databases};

/// By what they do.
#[derive(Default)]
pub(super) struct Components {
    pub(super) pubsubs: BTreeMap<String, Arc<PubsubComponent>>,
    pub(super) bindings: Vec<InputBinding>,
    pub(super) output_bindings: BTreeMap<String, OutputBinding>,
    pub(super) states: OpenStates,
    pub(super) secrets: SecretStores,
    pub(super) conversations: BTreeSet<String>,
}

impl Components {
    /// Reads secret stores first, because every other component may refer to a secret. Whatever is
    /// in `open` and stated as before stays open. Blocks on the file system.
    pub(super) fn read(
        resources: &mut Resources,
        config: &SidecarConfig,
        data_dir: &Path,
        open: &OpenStates,
    ) -> Result<Self, SidecarError> {
        let secrets = SecretStores::read(&resources.components, &config.environment)?;
        for component in &mut resources.components {
            component.fill_secrets(|store, name, key| secrets.value(store, name, key));
        }
        let mut read = Self { secrets, ..Self::default() };
        for component in &resources.components {
            if component.building_block() == "state" {
                let state = match open.get(&component.name) {
                    Some(state) if state.serves(component) => Arc::clone(state),
                    _ => Arc::new(StateComponent::open(component, config, data_dir)?),
                };
                read.states.insert(component.name.clone(), state);
            } else {
                read.add(component, resources, config)?;
            }
        }
        warn_about_other_brokers(&resources.components);
        warn_about_other_databases(&resources.components);
        Ok(read)
    }

    fn add(
        &mut self,
        component: &Component,
        resources: &Resources,
        config: &SidecarConfig,
    ) -> Result<(), ResourceError> {
        let name = component.name.clone();
        match (component.building_block(), component.component_type.as_str()) {
            // They have been read already.
            ("secretstores", _) => {}
            ("pubsub", _) => {
                let pubsub =
                    PubsubComponent::read(component, &config.app_id, &resources.resiliency)?;
                self.pubsubs.insert(name, pubsub);
            }
            (_, "bindings.cron") => self.bindings.push(InputBinding::read_cron(component)?),
            (_, "bindings.smtp") => {
                let binding = OutputBinding::Smtp(Box::new(SmtpBinding::read(component)?));
                self.output_bindings.insert(name, binding);
            }
            (_, "bindings.http") => {
                let binding = OutputBinding::Http(Box::new(HttpBinding::read(component)?));
                self.output_bindings.insert(name, binding);
            }
            (_, "conversation.echo") => {
                self.conversations.insert(name);
            }
            _ => return Err(component.unserved_type()),
        }
        Ok(())
    }
}
