//! Sans-IO messages of the Dapr HTTP API, for both ends of the wire.
//!
//! The app builds requests and reads answers with the same types that a sidecar serialises the
//! other way, so the two cannot drift. This crate owns every `/v1.0…` path, header name and body
//! shape. It must not know sockets, clocks, random numbers, or what an event is about.

pub mod api_call;
pub mod bindings;
pub mod cloud_event;
pub mod conversation;
pub mod delivery;
pub mod endpoint;
pub mod error_body;
pub mod headers;
pub mod jobs;
pub mod metadata;
pub mod publish;
pub mod runtime;
pub mod secrets;
pub mod state;
pub mod subscription;

mod path;

pub use api_call::ApiCall;
pub use delivery::{AppResponseStatus, DeliveryAnswer};
pub use endpoint::{DaprEndpoint, RequestError};
pub use error_body::{ErrorBody, Refusal};
pub use metadata::RequestMetadata;
pub use publish::{
    BulkEntry, BulkOutcome, BulkPublishRequest, BulkSupport, FailedEntry, PublishOptions,
    PublishOutcome, PublishRequest,
};
pub use subscription::{Subscription, SubscriptionDocument};
