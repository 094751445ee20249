//! `kind: Component`: a name, a type, and settings whose values may be references or templates.

use std::collections::BTreeMap;
use std::time::Duration;

use serde::Deserialize;
use serde_json::Value;

use super::document::{Document, Origin};
use super::{ResourceError, SecretName};
use crate::config::SidecarConfig;
use crate::go_duration;

/// A component for this app. Settings are looked up without regard to case, as Dapr does.
#[derive(Clone, Debug)]
pub(crate) struct Component {
    pub(crate) name: String,
    pub(crate) component_type: String,
    pub(crate) version: String,
    pub(crate) origin: Origin,
    /// Where the secrets among the settings come from.
    secret_store: String,
    settings: BTreeMap<String, Setting>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Setting {
    Text(String),
    /// Not found yet. Only an error when somebody asks for it: a broker's password is of no use
    /// here.
    Secret(SecretReference),
}

#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
struct SecretReference {
    name: String,
    #[serde(default)]
    key: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Spec {
    #[serde(rename = "type")]
    component_type: String,
    #[serde(default)]
    version: String,
    #[serde(default)]
    metadata: Vec<Item>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Item {
    name: String,
    #[serde(default)]
    value: Value,
    env_ref: Option<String>,
    secret_key_ref: Option<SecretReference>,
}

impl Component {
    pub(super) fn read(document: Document, config: &SidecarConfig) -> Result<Self, ResourceError> {
        let Document { name, spec, secret_store, origin, .. } = document;
        let spec: Spec = serde_json::from_value(spec)
            .map_err(|source| ResourceError::Shape { origin: origin.clone(), source })?;
        let settings = spec
            .metadata
            .into_iter()
            .map(|item| (item.name.to_ascii_lowercase(), item.resolve(config)))
            .collect();
        let Spec { component_type, version, .. } = spec;
        Ok(Self { name, component_type, version, origin, secret_store, settings })
    }

    /// The first part of the type: what the component is for.
    pub(crate) fn building_block(&self) -> &str {
        self.component_type.split('.').next().unwrap_or_default()
    }

    /// Whether both are stated alike, wherever that stands.
    pub(crate) fn is_like(&self, other: &Self) -> bool {
        self.component_type == other.component_type && self.settings == other.settings
    }

    /// Puts the secrets it refers to in their places, as far as `value` finds them by store, name
    /// and key.
    pub(crate) fn fill_secrets(&mut self, value: impl Fn(&str, &str, &str) -> Option<String>) {
        for setting in self.settings.values_mut() {
            let Setting::Secret(SecretReference { name, key }) = setting else { continue };
            let key = if key.is_empty() { &*name } else { &*key };
            if let Some(text) = value(&self.secret_store, name, key) {
                *setting = Setting::Text(text);
            }
        }
    }

    /// An unset and an empty setting are the same.
    pub(crate) fn setting(&self, name: &str) -> Result<Option<&str>, ResourceError> {
        match self.settings.get(&name.to_ascii_lowercase()) {
            None => Ok(None),
            Some(Setting::Text(text)) => Ok(Some(text.as_str()).filter(|text| !text.is_empty())),
            Some(Setting::Secret(secret)) => Err(ResourceError::SecretSetting {
                name: self.name.clone(),
                setting: name.to_owned(),
                secret: Box::new(SecretName {
                    name: secret.name.clone(),
                    store: self.secret_store.clone(),
                }),
                origin: self.origin.clone(),
            }),
        }
    }

    pub(crate) fn duration(
        &self,
        name: &'static str,
        default: Duration,
    ) -> Result<Duration, ResourceError> {
        self.parsed(name, "a duration such as 5s", default, go_duration::parse)
    }

    pub(crate) fn flag(&self, name: &'static str, default: bool) -> Result<bool, ResourceError> {
        self.parsed(name, "true or false", default, |text| {
            match text.to_ascii_lowercase().as_str() {
                "true" | "1" | "t" | "y" | "yes" | "on" => Some(true),
                "false" | "0" | "f" | "n" | "no" | "off" => Some(false),
                _ => None,
            }
        })
    }

    pub(crate) fn parsed<T>(
        &self,
        name: &'static str,
        expected: &'static str,
        default: T,
        parse: impl FnOnce(&str) -> Option<T>,
    ) -> Result<T, ResourceError> {
        match self.setting(name)? {
            None => Ok(default),
            Some(text) => parse(text).ok_or_else(|| self.bad_setting(name, text, expected)),
        }
    }

    pub(crate) fn bad_setting(
        &self,
        setting: &'static str,
        value: &str,
        expected: &'static str,
    ) -> ResourceError {
        let (name, value) = (self.name.clone(), value.to_owned());
        ResourceError::Setting { name, setting, value, expected, origin: self.origin.clone() }
    }

    pub(crate) fn unserved_type(&self) -> ResourceError {
        ResourceError::UnservedType {
            name: self.name.clone(),
            component_type: self.component_type.clone(),
            origin: self.origin.clone(),
        }
    }
}

impl Item {
    fn resolve(self, config: &SidecarConfig) -> Setting {
        if let Some(secret) = self.secret_key_ref {
            return Setting::Secret(secret);
        }
        if let Some(variable) = self.env_ref {
            return Setting::Text(config.environment.get(&variable).cloned().unwrap_or_default());
        }
        let text = match self.value {
            Value::Null => String::new(),
            Value::String(text) => text,
            other => other.to_string(),
        };
        Setting::Text(fill_templates(&text, config))
    }
}

/// `{uuid}` makes a setting unique per process, e.g. a consumer group of its own.
fn fill_templates(text: &str, config: &SidecarConfig) -> String {
    let mut filled =
        text.replace("{namespace}", &config.namespace).replace("{appID}", &config.app_id);
    if filled.contains("{podName}") {
        let pod = config.environment.get("POD_NAME").map_or("", String::as_str);
        filled = filled.replace("{podName}", pod);
    }
    if filled.contains("{uuid}") {
        filled = filled.replace("{uuid}", &crate::identity::random_uuid());
    }
    filled
}
