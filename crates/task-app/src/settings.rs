//! The variables of `spin.toml`, read once for a request and checked.

use thiserror::Error;

use crate::Problem;
use crate::notify::Notification;

/// The top-level domain that stands for nobody (RFC 2606): a component's allowed hosts cannot be
/// left empty.
const NOBODY: &str = ".invalid";

/// What an operator may set. Secrets are never shown: there is no `Debug` on purpose.
#[derive(Clone)]
pub struct Settings {
    pub database: Database,
    pub dapr_url: String,
    pub pubsub_name: String,
    /// Sent to the sidecar, when it asks for one.
    pub dapr_api_token: Option<String>,
    /// Asked of everything that Dapr delivers, when set.
    pub app_api_token: Option<String>,
    pub admin_token: Option<String>,
    /// Signs access tokens; only granted to components that need it.
    pub jwt_secret: Option<String>,
    /// Where an identity provider publishes its keys; its tokens are then good here, too.
    pub jwks_url: Option<String>,
    /// Shared with an issuer whose tokens are good here; another one than ours.
    pub external_jwt_secret: Option<String>,
    /// What `iss` and `aud` of other issuers' tokens must be, when set.
    pub external_issuer: Option<String>,
    pub external_audience: Option<String>,
    /// The realtime hub that changes are posted to, if there is one.
    pub hub_url: Option<String>,
    pub notification: Notification,
    pub role: String,
    pub subscriptions: Subscriptions,
}

/// Where the rows are.
#[derive(Clone)]
pub enum Database {
    /// The host's own.
    Sqlite,
    Postgres {
        /// A connection string, with its password.
        url: String,
    },
}

/// Who tells the sidecar which topics this app wants.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Subscriptions {
    /// The app answers `/dapr/subscribe`.
    Programmatic,
    /// Subscription resources do; programmatic ones would override them.
    Declarative,
}

#[derive(Debug, Error, PartialEq, Eq)]
pub enum SettingsError {
    #[error("variable `{0}` is not set")]
    Missing(&'static str),
    #[error("variable `{name}` is {value:?}; it can be {expected}")]
    Unknown { name: &'static str, value: String, expected: &'static str },
}

impl Database {
    fn read(get: impl Fn(&'static str) -> Option<String>) -> Result<Self, SettingsError> {
        match get("database").as_deref() {
            None | Some("sqlite") => Ok(Database::Sqlite),
            Some("postgres") => {
                let url = get("postgres_url").ok_or(SettingsError::Missing("postgres_url"))?;
                Ok(Database::Postgres { url })
            }
            Some(other) => Err(SettingsError::Unknown {
                name: "database",
                value: other.to_owned(),
                expected: "sqlite or postgres",
            }),
        }
    }
}

impl Settings {
    /// Reads the variables through `get`; one that the component is not granted reads as not set.
    pub fn read(get: impl Fn(&str) -> Option<String>) -> Result<Self, SettingsError> {
        let get = |name: &'static str| get(name).filter(|value| !value.is_empty());
        let required = |name: &'static str| get(name).ok_or(SettingsError::Missing(name));
        Ok(Settings {
            database: Database::read(get)?,
            dapr_url: required("dapr_url")?.trim_end_matches('/').to_owned(),
            pubsub_name: required("pubsub_name")?,
            dapr_api_token: get("dapr_api_token"),
            app_api_token: get("app_api_token"),
            admin_token: get("admin_token"),
            jwt_secret: get("jwt_secret"),
            jwks_url: get("jwks_url"),
            external_jwt_secret: get("external_jwt_secret"),
            external_issuer: get("external_issuer"),
            external_audience: get("external_audience"),
            hub_url: get("hub_url")
                .map(|url| url.trim_end_matches('/').to_owned())
                .filter(|url| !url.ends_with(NOBODY)),
            notification: Notification::read(get),
            role: get("role").unwrap_or_else(|| "all".to_owned()),
            subscriptions: match get("subscriptions").as_deref() {
                None | Some("programmatic") => Subscriptions::Programmatic,
                Some("declarative") => Subscriptions::Declarative,
                Some(other) => {
                    return Err(SettingsError::Unknown {
                        name: "subscriptions",
                        value: other.to_owned(),
                        expected: "programmatic or declarative",
                    });
                }
            },
        })
    }

    pub(crate) fn jwt_secret(&self) -> Result<&str, Problem> {
        self.jwt_secret.as_deref().ok_or_else(|| {
            tracing::error!("the variable `jwt_secret` is not granted to this component");
            Problem::unavailable()
        })
    }
}
