//! Subscriptions: the app's answer to `GET /dapr/subscribe`, and the same in resource files.

mod declarative;
mod document;

pub use declarative::{DeclarativeError, read_declarative};
pub use document::{
    BulkSubscribe, Fetched, Rule, SUBSCRIBE_PATH, Subscription, SubscriptionDocument, fetch_request,
};
