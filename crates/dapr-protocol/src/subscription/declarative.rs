//! Subscription resources (`kind: Subscription`), v2alpha1 and v1alpha1. Reads the parsed
//! document; the file format and the scopes belong to the caller.

use serde::Deserialize;
use serde_json::Value;

use super::document::{BulkSubscribe, Routes, Subscription};
use crate::metadata::RequestMetadata;

/// Why a Subscription resource cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum DeclarativeError {
    #[error("apiVersion {0:?} of a Subscription is neither dapr.io/v2alpha1 nor dapr.io/v1alpha1")]
    ApiVersion(String),
    #[error("the spec of the Subscription cannot be read")]
    Spec(#[source] serde_json::Error),
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct SpecV2 {
    pubsubname: String,
    topic: String,
    #[serde(default)]
    routes: Routes,
    #[serde(flatten)]
    rest: SpecRest,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct SpecV1 {
    pubsubname: String,
    topic: String,
    #[serde(default)]
    route: String,
    #[serde(flatten)]
    rest: SpecRest,
}

/// What both versions share.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct SpecRest {
    #[serde(default)]
    dead_letter_topic: String,
    #[serde(default)]
    metadata: RequestMetadata,
    #[serde(default)]
    bulk_subscribe: Option<BulkSubscribe>,
}

/// The subscription a resource's `apiVersion` and `spec` state.
pub fn read_declarative(api_version: &str, spec: Value) -> Result<Subscription, DeclarativeError> {
    let (mut subscription, rules, rest) = match api_version {
        "dapr.io/v2alpha1" => {
            let spec: SpecV2 = serde_json::from_value(spec).map_err(DeclarativeError::Spec)?;
            let subscription = Subscription::new(&spec.pubsubname, &spec.topic);
            (subscription, spec.routes.into_rules(""), spec.rest)
        }
        "dapr.io/v1alpha1" => {
            let spec: SpecV1 = serde_json::from_value(spec).map_err(DeclarativeError::Spec)?;
            let subscription = Subscription::new(&spec.pubsubname, &spec.topic);
            (subscription, Routes::default().into_rules(&spec.route), spec.rest)
        }
        other => return Err(DeclarativeError::ApiVersion(other.to_owned())),
    };
    subscription.rules = rules;
    subscription.dead_letter_topic = Some(rest.dead_letter_topic).filter(|topic| !topic.is_empty());
    subscription.metadata = rest.metadata;
    subscription.bulk = rest.bulk_subscribe.filter(|bulk| bulk.enabled);
    Ok(subscription)
}
