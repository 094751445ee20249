//! The sidecar about itself: start-up order, shutdown, health and metadata calls.
//!
//! Owns the life of a running sidecar. It must not know sockets.

mod readiness;
mod self_description;
mod session;

pub(crate) use readiness::ReadinessSwitch;
pub(crate) use self_description::{
    Labelled, Labels, SelfDescription, describe_app, describe_component,
};
pub(crate) use session::{AppSession, Consumers, Running};
