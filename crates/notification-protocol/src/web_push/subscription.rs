//! A browser's subscription, as `PushSubscription.toJSON()` gives it.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use p256::PublicKey;
use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::target::{Reach, Target, TargetFault};

/// RFC 8291 fixes the length of the secret that sender and browser share.
const AUTH_BYTES: usize = 16;

/// The keys as text, as a browser writes them and as they are kept.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
pub struct SubscriptionKeys {
    /// The browser's public key: an uncompressed point of P-256.
    pub p256dh: String,
    pub auth: String,
}

/// Where a browser listens, and what is needed to write to it.
#[derive(Clone, Debug)]
pub struct Subscription {
    pub(super) endpoint: Target,
    pub(super) public_key: PublicKey,
    pub(super) auth: [u8; AUTH_BYTES],
}

#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum SubscriptionFault {
    #[error(transparent)]
    Endpoint(TargetFault),
    #[error("the browser's public key: 65 bytes as base64url, a point of P-256")]
    PublicKey,
    #[error("the browser's secret: 16 bytes as base64url")]
    Auth,
}

impl Subscription {
    pub fn parse(
        endpoint: &str,
        keys: &SubscriptionKeys,
        reach: Reach,
    ) -> Result<Subscription, SubscriptionFault> {
        let endpoint = Target::parse(endpoint, reach).map_err(SubscriptionFault::Endpoint)?;
        let point = decode(&keys.p256dh).ok_or(SubscriptionFault::PublicKey)?;
        let public_key =
            PublicKey::from_sec1_bytes(&point).map_err(|_| SubscriptionFault::PublicKey)?;
        let auth = decode(&keys.auth).and_then(|bytes| bytes.try_into().ok());
        Ok(Subscription { endpoint, public_key, auth: auth.ok_or(SubscriptionFault::Auth)? })
    }

    pub fn endpoint(&self) -> &Target {
        &self.endpoint
    }
}

/// Base64 in either alphabet, padded or not: libraries around browsers write all of them.
fn decode(text: &str) -> Option<Vec<u8>> {
    let text = text.trim().trim_end_matches('=').replace('+', "-").replace('/', "_");
    URL_SAFE_NO_PAD.decode(text).ok()
}
