//! Secrets: read from the environment or from a file, for the app and for other components.
//!
//! Owns the stores and who may read what. It must not know what a secret is for.

mod env_store;
mod file_store;
mod service;

pub(crate) use service::{SecretStores, Secrets};
