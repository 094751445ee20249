//! Application variables: where each value comes from, and what a component is told.
//!
//! The first source that has a value wins: explicit overrides, then the providers of the runtime
//! configuration in their order, then the environment, then the manifest's default. Values are
//! resolved once, before anything is served, and never written to a log.

mod guest_variables;
mod template;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::fmt;

use self::template::Template;
pub use self::template::TemplateError;
use crate::manifest::VariableDeclaration;

/// What Spin puts before the upper-cased name of a variable in the environment.
pub(crate) const ENVIRONMENT_PREFIX: &str = "SPIN_VARIABLE_";

/// Where values come from, before any is looked up.
#[derive(Clone, Default)]
pub struct VariableSources {
    /// Named by the operator for this run.
    pub overrides: BTreeMap<String, String>,
    /// From `[[variables_provider]]`, in file order.
    pub providers: Vec<VariableProvider>,
    /// The process environment and env files, as they were when the host started.
    pub environment: BTreeMap<String, String>,
}

#[derive(Clone)]
pub enum VariableProvider {
    Static(BTreeMap<String, String>),
    /// Reads the environment under its own prefix.
    Environment {
        prefix: String,
    },
}

/// The value of every declared variable.
#[derive(Clone, Default)]
pub(crate) struct Variables(BTreeMap<String, String>);

#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum VariableError {
    #[error(
        "required variables have no value: {}; pass --variable NAME=VALUE or set {}",
        names.join(", "),
        environment_names(names)
    )]
    Missing { names: Vec<String> },
}

impl VariableSources {
    fn look_up(&self, name: &str) -> Option<&str> {
        let provided = || self.providers.iter().find_map(|provider| self.provided(provider, name));
        let from_environment = || self.environment.get(&environment_name(ENVIRONMENT_PREFIX, name));
        let found = self.overrides.get(name).or_else(provided).or_else(from_environment);
        found.map(String::as_str)
    }

    fn provided<'v>(&'v self, provider: &'v VariableProvider, name: &str) -> Option<&'v String> {
        match provider {
            VariableProvider::Static(values) => values.get(name),
            VariableProvider::Environment { prefix } => {
                self.environment.get(&environment_name(prefix, name))
            }
        }
    }
}

impl Variables {
    /// Fails with the names of all missing variables, so that one attempt tells everything.
    pub(crate) fn resolve(
        declared: &BTreeMap<String, VariableDeclaration>,
        sources: &VariableSources,
    ) -> Result<Self, VariableError> {
        let mut values = BTreeMap::new();
        let mut missing = Vec::new();
        for (name, declaration) in declared {
            match sources.look_up(name).or(declaration.default.as_deref()) {
                Some(value) => drop(values.insert(name.clone(), value.to_owned())),
                None => missing.push(name.clone()),
            }
        }
        for name in sources.overrides.keys().filter(|name| !declared.contains_key(*name)) {
            tracing::warn!(variable = name, "ignored: the manifest declares no such variable");
        }
        if missing.is_empty() {
            Ok(Self(values))
        } else {
            Err(VariableError::Missing { names: missing })
        }
    }

    /// Fills in the `{{ name }}` expressions of `text`.
    pub(crate) fn render(&self, text: &str) -> Result<String, TemplateError> {
        Template::parse(text)?.render(|name| self.0.get(name).map(String::as_str))
    }
}

/// Names only: a value may be a secret.
impl fmt::Debug for Variables {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.0.keys()).finish()
    }
}

fn environment_name(prefix: &str, name: &str) -> String {
    format!("{prefix}{}", name.to_uppercase())
}

fn environment_names(names: &[String]) -> String {
    let names: Vec<_> =
        names.iter().map(|name| environment_name(ENVIRONMENT_PREFIX, name)).collect();
    names.join(", ")
}
