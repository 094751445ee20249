//! The CloudEvent a sidecar puts around what an app publishes, and around what a broker holds.
//!
//! Knows attributes and content types. Ids and times are the caller's: this crate has no clock.

mod content;
mod wrap;

pub use content::{ContentError, ContentKind};
pub use wrap::{EnvelopeContext, EnvelopeError, wrap, wrap_raw};

/// Attribute names Dapr reads or sets.
pub mod attribute {
    pub const DATA: &str = "data";
    pub const DATA_BASE64: &str = "data_base64";
    pub const DATA_CONTENT_TYPE: &str = "datacontenttype";
    /// RFC 3339; the consuming sidecar drops the event after it.
    pub const EXPIRATION: &str = "expiration";
    pub const ID: &str = "id";
    pub const PUBSUB_NAME: &str = "pubsubname";
    pub const SOURCE: &str = "source";
    pub const SPEC_VERSION: &str = "specversion";
    pub const SUBJECT: &str = "subject";
    pub const TIME: &str = "time";
    pub const TOPIC: &str = "topic";
    /// The older name of `traceparent`; both carry the same value.
    pub const TRACE_ID: &str = "traceid";
    pub const TRACE_PARENT: &str = "traceparent";
    pub const TRACE_STATE: &str = "tracestate";
    pub const TYPE: &str = "type";
}

/// The type of an event whose publisher states none.
pub const DEFAULT_TYPE: &str = "com.dapr.event.sent";
/// The source of an event whose publisher states none and is not known.
pub const DEFAULT_SOURCE: &str = "Dapr";
/// The only version of the CloudEvents specification there is.
pub const SPEC_VERSION: &str = "1.0";
