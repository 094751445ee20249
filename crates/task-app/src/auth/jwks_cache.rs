//! The provider's keys, fetched rarely: kept in the key-value store, asked for again when they have
//! aged or when a token names a key we have not seen.

use bytes::Bytes;
use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use super::fingerprint;
use super::jwks::{KeySet, VerifyingKey};
use crate::limits::{
    JWKS_ASK_AGAIN_AFTER, JWKS_BYTES_MAX, JWKS_FRESH, JWKS_KEPT_WITHOUT_PROVIDER, JWKS_TIMEOUT,
};
use crate::{Platform, Problem};

/// What is remembered of one provider.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
struct Remembered {
    /// When it was last asked, with whatever success.
    asked_at_ms: i64,
    fetched_at_ms: i64,
    /// The document as it came; `None` before the first success.
    document: Option<String>,
}

/// The key that `kid` names; `None` when the provider has no such key.
pub(super) async fn key<P: Platform>(
    platform: &P,
    url: &str,
    kid: Option<&str>,
) -> Result<Option<VerifyingKey>, Problem> {
    let now = platform.now();
    let place = format!("jwks:{}", fingerprint(url.as_bytes()));
    let mut known = platform
        .recall(&place)
        .and_then(|bytes| serde_json::from_slice::<Remembered>(&bytes).ok())
        .unwrap_or_default();
    let found = known.keys(now).and_then(|keys| keys.find(kid));
    let is_settled = found.is_some() && known.is_fresh(now);
    if is_settled || !known.may_ask_again(now) {
        return known.keys(now).ok_or_else(Problem::unavailable).map(|_| found);
    }
    known.asked_at_ms = now.timestamp_millis();
    if let Some(document) = fetch(platform, url).await {
        known.fetched_at_ms = known.asked_at_ms;
        known.document = Some(document);
    }
    if let Ok(bytes) = serde_json::to_vec(&known) {
        platform.remember(&place, &bytes);
    }
    known.keys(now).ok_or_else(Problem::unavailable).map(|keys| keys.find(kid))
}

impl Remembered {
    /// The keys, unless they are so old that the provider may have withdrawn them.
    fn keys(&self, now: DateTime<Utc>) -> Option<KeySet> {
        let is_kept = self.age(self.fetched_at_ms, now) < JWKS_KEPT_WITHOUT_PROVIDER;
        self.document.as_deref().filter(|_| is_kept).and_then(KeySet::parse)
    }

    fn is_fresh(&self, now: DateTime<Utc>) -> bool {
        self.age(self.fetched_at_ms, now) < JWKS_FRESH
    }

    fn may_ask_again(&self, now: DateTime<Utc>) -> bool {
        self.age(self.asked_at_ms, now) >= JWKS_ASK_AGAIN_AFTER
    }

    /// A clock that went back makes nothing young for longer than it was.
    fn age(&self, since_ms: i64, now: DateTime<Utc>) -> TimeDelta {
        TimeDelta::milliseconds((now.timestamp_millis() - since_ms).saturating_abs())
    }
}

async fn fetch<P: Platform>(platform: &P, url: &str) -> Option<String> {
    let refused = |reason: &dyn std::fmt::Display| {
        tracing::error!(url, %reason, "the identity provider's keys could not be read");
    };
    let request = http::Request::get(url)
        .header(http::header::ACCEPT, "application/json")
        .body(Bytes::new())
        .inspect_err(|error| refused(error))
        .ok()?;
    let answer = platform.send(request, JWKS_TIMEOUT).await.inspect_err(|error| refused(error));
    let answer = answer.ok()?;
    let body = answer.body();
    if !answer.status().is_success() || body.len() > JWKS_BYTES_MAX {
        refused(&format_args!("{} with {} bytes", answer.status(), body.len()));
        return None;
    }
    let text = String::from_utf8(body.to_vec()).ok().filter(|text| KeySet::parse(text).is_some());
    if text.is_none() {
        refused(&"the answer is no key set");
    }
    text
}

#[cfg(test)]
mod tests;
