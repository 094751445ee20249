//! `kind: Configuration`: the parts of it that concern this sidecar.

use std::collections::BTreeMap;

use dapr_protocol::api_call::ApiGroup;
use serde::Deserialize;
use serde_json::Value;

use super::ResourceError;
use super::document;
use super::files::File;
use super::secret_scopes::SecretScopes;

/// What the configuration files state, later ones over earlier ones.
#[derive(Clone, Debug)]
pub(crate) struct Configuration {
    /// Whether an incoming trace context is echoed: on unless the sampling rate is exactly "0".
    pub(crate) tracing: bool,
    pub(crate) api: ApiAccess,
    pub(crate) secrets: SecretScopes,
    /// Whether resources are read again when their files change.
    pub(crate) hot_reload: bool,
}

/// Which API groups are registered. Whatever is not looks like an unknown path.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct ApiAccess {
    allowed: Vec<ApiRule>,
    denied: Vec<ApiRule>,
}

#[derive(Clone, Debug, Deserialize)]
struct ApiRule {
    name: String,
    #[serde(default)]
    version: String,
    #[serde(default)]
    protocol: String,
}

#[derive(Deserialize)]
struct Feature {
    name: String,
    enabled: bool,
}

const HOT_RELOAD: &str = "HotReload";

/// Sections without effect on what is served here.
const HARMLESS: [&str; 8] =
    ["tracing", "metrics", "api", "secrets", "features", "logging", "mtls", "wasm"];

impl Default for Configuration {
    fn default() -> Self {
        Self {
            tracing: true,
            api: ApiAccess::default(),
            secrets: SecretScopes::default(),
            hot_reload: true,
        }
    }
}

impl Configuration {
    pub(super) fn read(
        &mut self,
        file: &File,
        environment: &BTreeMap<String, String>,
    ) -> Result<(), ResourceError> {
        let text = expand(&file.text, environment);
        for document in document::read_documents(&File { path: file.path.clone(), text })? {
            if document.kind != "Configuration" {
                let (kind, origin) = (document.kind, document.origin);
                return Err(ResourceError::UnknownKind { kind, origin });
            }
            let origin = document.origin;
            if let Some(rate) = document.spec.pointer("/tracing/samplingRate") {
                self.tracing = !matches!(rate, Value::String(rate) if rate == "0");
            }
            if let Some(api) = document.spec.get("api") {
                self.api = serde_json::from_value(api.clone())
                    .map_err(|source| ResourceError::Shape { origin: origin.clone(), source })?;
            }
            if let Some(scopes) = document.spec.pointer("/secrets/scopes") {
                self.secrets = SecretScopes::read(scopes)
                    .map_err(|source| ResourceError::Shape { origin: origin.clone(), source })?;
            }
            if let Some(features) = document.spec.get("features") {
                let features = Vec::<Feature>::deserialize(features)
                    .map_err(|source| ResourceError::Shape { origin: origin.clone(), source })?;
                let stated = features.iter().rfind(|feature| feature.name == HOT_RELOAD);
                self.hot_reload = stated.map_or(self.hot_reload, |feature| feature.enabled);
            }
            for section in document.spec.as_object().into_iter().flat_map(|spec| spec.keys()) {
                if !HARMLESS.contains(&section.as_str()) {
                    tracing::warn!(section, at = %origin, "this configuration has no effect here");
                }
            }
        }
        Ok(())
    }
}

impl ApiAccess {
    /// An empty allow list allows everything; the deny list is applied after it. Health checks
    /// are never listed and always served.
    pub(crate) fn serves(&self, group: ApiGroup) -> bool {
        let listed = |rules: &[ApiRule]| rules.iter().any(|rule| rule.covers(group));
        let has_http_rules = self.allowed.iter().any(ApiRule::is_http);
        (!has_http_rules || listed(&self.allowed)) && !listed(&self.denied)
    }
}

impl ApiRule {
    /// Dapr takes no notice of a rule that does not say for which protocol it is.
    fn is_http(&self) -> bool {
        self.protocol.eq_ignore_ascii_case("http")
    }

    fn covers(&self, group: ApiGroup) -> bool {
        self.is_http() && self.name == group.name && self.version == group.version
    }
}

/// Replaces `$NAME` and `${NAME}` from the environment; an unknown name becomes nothing, as in a
/// shell.
fn expand(text: &str, environment: &BTreeMap<String, String>) -> String {
    let mut expanded = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('$') {
        expanded.push_str(&rest[..at]);
        let after = &rest[at + 1..];
        let is_name = |c: char| c.is_ascii_alphanumeric() || c == '_';
        let (name, remaining) = match after.strip_prefix('{').and_then(|it| it.split_once('}')) {
            Some((name, remaining)) => (name, remaining),
            None => after.split_at(after.find(|c| !is_name(c)).unwrap_or(after.len())),
        };
        if name.is_empty() {
            expanded.push('$');
        }
        expanded.push_str(environment.get(name).map_or("", String::as_str));
        rest = remaining;
    }
    expanded.push_str(rest);
    expanded
}
