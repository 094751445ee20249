//! Publish and subscribe: what the API takes in goes onto the log, what is on the log goes to the
//! app.
//!
//! Owns the rules of both ways. It must not know sockets, or how the log stores a record.

mod bulk_delivery;
mod component;
mod consumer;
mod delivery;
mod event;
mod publish;
mod retention;
mod routes;
mod subscriptions;
mod topic_access;

pub(crate) use component::{PubsubComponent, warn_about_other_brokers};
pub(crate) use consumer::{Consumer, ConsumerContext};
pub(crate) use publish::{PublishCall, Publisher};
pub(crate) use retention::prune_hourly;
pub(crate) use subscriptions::{ActiveSubscription, SubscriptionSources};
