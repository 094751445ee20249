//! One module per verb of `cargo xtask`: its arguments, and what it does with them.

pub(crate) mod bench;
pub(crate) mod bless;
pub(crate) mod build;
pub(crate) mod chaos;
pub(crate) mod dlq;
pub(crate) mod engines;
pub(crate) mod events;
pub(crate) mod lint;
pub(crate) mod migrate;
pub(crate) mod openapi;
pub(crate) mod sidecar;
pub(crate) mod test;
pub(crate) mod up;
