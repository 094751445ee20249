//! What operators and the sidecar ask: health, figures, subscriptions, dead letters, the sweep.

mod dead_letters;
mod edge;
mod metrics;
mod relay;
mod subscriptions;
mod sweep;

pub use edge::handle as handle_edge;
pub use relay::handle as handle_relay;
