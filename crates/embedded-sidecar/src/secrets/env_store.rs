//! `secretstores.local.env`: environment variables, but Dapr's own.

use std::collections::BTreeMap;

use dapr_protocol::secrets::Secret;

use crate::resources::{Component, ResourceError};

pub(super) struct EnvStore {
    /// The variables that may be read, by the name they are asked for.
    variables: BTreeMap<String, String>,
}

impl EnvStore {
    pub(super) fn read(
        component: &Component,
        environment: &BTreeMap<String, String>,
    ) -> Result<Self, ResourceError> {
        let prefix = component.setting("prefix")?.unwrap_or_default();
        let variables = environment
            .iter()
            .filter(|(name, _)| !is_hidden(name))
            .filter_map(|(name, value)| {
                let name = name.strip_prefix(prefix).filter(|rest| !rest.is_empty())?;
                Some((name.to_owned(), value.clone()))
            })
            .collect();
        Ok(Self { variables })
    }

    /// A variable that is not set is an empty secret, as it is in a shell.
    pub(super) fn get(&self, name: &str) -> Secret {
        let value = self.variables.get(name).cloned().unwrap_or_default();
        BTreeMap::from([(name.to_owned(), value)])
    }

    pub(super) fn all(&self) -> BTreeMap<String, Secret> {
        self.variables.keys().map(|name| (name.clone(), self.get(name))).collect()
    }
}

/// The tokens between app and sidecar are nobody else's.
fn is_hidden(name: &str) -> bool {
    let name = name.to_ascii_uppercase();
    name == "APP_API_TOKEN" || name.starts_with("DAPR_")
}
