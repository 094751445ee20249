//! The stores by name, asked by the API and by components that refer to a secret.

use std::collections::BTreeMap;

use bytes::Bytes;
use dapr_protocol::api_call::SecretCall;
use dapr_protocol::secrets::{Secret, SecretRefusal, secret_to_http, secrets_to_http};
use http::Response;

use super::env_store::EnvStore;
use super::file_store::FileStore;
use crate::resources::{Component, ResourceError, SecretScopes};

/// Every store there is.
#[derive(Default)]
pub(crate) struct SecretStores {
    stores: BTreeMap<String, SecretStore>,
}

/// The API in front of them.
pub(crate) struct Secrets {
    pub(crate) stores: SecretStores,
    pub(crate) scopes: SecretScopes,
}

enum SecretStore {
    Env(EnvStore),
    File(FileStore),
}

impl SecretStores {
    /// The stores among the components. Blocks on the file system.
    pub(crate) fn read(
        components: &[Component],
        environment: &BTreeMap<String, String>,
    ) -> Result<Self, ResourceError> {
        let mut stores = BTreeMap::new();
        for component in components.iter().filter(|it| it.building_block() == "secretstores") {
            let store = match component.component_type.as_str() {
                "secretstores.local.env" => {
                    SecretStore::Env(EnvStore::read(component, environment)?)
                }
                "secretstores.local.file" => SecretStore::File(FileStore::read(component)?),
                _ => return Err(component.unserved_type()),
            };
            stores.insert(component.name.clone(), store);
        }
        Ok(Self { stores })
    }

    /// One value of a secret, for a component that refers to it. An empty one is none.
    pub(crate) fn value(&self, store: &str, name: &str, key: &str) -> Option<String> {
        let mut secret = self.stores.get(store)?.get(name)?;
        secret.remove(key).filter(|value| !value.is_empty())
    }
}

impl Secrets {
    pub(crate) fn answer(&self, store: &str, call: &SecretCall) -> Response<Bytes> {
        let answer = match call {
            SecretCall::Get { name } => self.get(store, name).map(|it| secret_to_http(&it)),
            SecretCall::GetAll => self.all(store).map(|it| secrets_to_http(&it)),
        };
        answer.unwrap_or_else(|refusal| refusal.to_http())
    }

    fn get(&self, store: &str, name: &str) -> Result<Secret, SecretRefusal> {
        let found = self.store(store)?;
        let (store, name) = (store.to_owned(), name.to_owned());
        if !self.scopes.allow(&store, &name) {
            return Err(SecretRefusal::Forbidden { store, name });
        }
        found.get(&name).ok_or_else(|| {
            let error = format!("secret {name} not found");
            SecretRefusal::NotRead { store, name, error }
        })
    }

    fn all(&self, store: &str) -> Result<BTreeMap<String, Secret>, SecretRefusal> {
        let mut secrets = self.store(store)?.all();
        secrets.retain(|name, _| self.scopes.allow(store, name));
        Ok(secrets)
    }

    fn store(&self, name: &str) -> Result<&SecretStore, SecretRefusal> {
        if self.stores.stores.is_empty() {
            return Err(SecretRefusal::NoStores);
        }
        let not_found = || SecretRefusal::StoreNotFound { store: name.to_owned() };
        self.stores.stores.get(name).ok_or_else(not_found)
    }
}

impl SecretStore {
    fn get(&self, name: &str) -> Option<Secret> {
        match self {
            Self::Env(store) => Some(store.get(name)),
            Self::File(store) => store.get(name),
        }
    }

    fn all(&self) -> BTreeMap<String, Secret> {
        match self {
            Self::Env(store) => store.all(),
            Self::File(store) => store.all(),
        }
    }
}
