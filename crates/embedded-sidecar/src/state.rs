//! State: values under keys, with versions, conditions and ends.
//!
//! Owns what a write means and where it is kept: in memory where the component's type says so, in
//! a SQLite file for every other type. It must not know what the values are.

mod change;
mod component;
mod error;
mod file;
mod key;
mod memory;
mod service;

pub(crate) use component::{OpenStates, StateComponent, warn_about_other_databases};
pub use error::StateStoreError;
pub(crate) use service::StateService;
