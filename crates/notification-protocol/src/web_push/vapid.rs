//! RFC 8292: a signature that tells a push service who sends, and whom it may call about it.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, Duration, Utc};
use p256::ecdsa::signature::Signer;
use p256::ecdsa::{Signature, SigningKey};
use serde_json::json;
use thiserror::Error;

/// Half of what a push service has to accept, so that a clock that is off does no harm.
const VALID_FOR: Duration = Duration::hours(12);

/// `{"typ":"JWT","alg":"ES256"}` in base64url.
const HEADER: &str = "eyJ0eXAiOiJKV1QiLCJhbGciOiJFUzI1NiJ9";

/// The key pair by which push services know this deployment. Changing it ends all subscriptions.
#[derive(Clone)]
pub struct VapidKey {
    signing: SigningKey,
    public: String,
    subject: String,
}

#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
pub enum VapidFault {
    #[error("the VAPID private key is not 32 bytes as base64url, or not a key of P-256")]
    PrivateKey,
    #[error("the VAPID subject is neither `mailto:…` nor `https://…`")]
    Subject,
}

impl VapidKey {
    /// The private key as 32 bytes in base64url, as all tools around web push write it.
    pub fn parse(private_key: &str, subject: &str) -> Result<VapidKey, VapidFault> {
        let bytes = URL_SAFE_NO_PAD.decode(private_key.trim().trim_end_matches('='));
        let bytes = bytes.map_err(|_| VapidFault::PrivateKey)?;
        let signing = SigningKey::from_slice(&bytes).map_err(|_| VapidFault::PrivateKey)?;
        let reachable = ["mailto:", "https://"]
            .iter()
            .any(|scheme| subject.strip_prefix(scheme).is_some_and(|address| !address.is_empty()));
        if !reachable || subject.chars().any(char::is_control) {
            return Err(VapidFault::Subject);
        }
        let point = signing.verifying_key().to_sec1_point(false);
        let public = URL_SAFE_NO_PAD.encode(point.as_bytes());
        Ok(VapidKey { signing, public, subject: subject.to_owned() })
    }

    /// What a browser needs to subscribe: its `applicationServerKey`.
    pub fn public_key(&self) -> &str {
        &self.public
    }

    /// The `Authorization` header for a push service.
    pub(super) fn authorization(&self, origin: &str, now: DateTime<Utc>) -> String {
        let expires_at = (now + VALID_FOR).timestamp();
        let claims = json!({"aud": origin, "exp": expires_at, "sub": self.subject}).to_string();
        let signed = format!("{HEADER}.{}", URL_SAFE_NO_PAD.encode(claims));
        let signature: Signature = self.signing.sign(signed.as_bytes());
        let signature = URL_SAFE_NO_PAD.encode(signature.to_bytes());
        format!("vapid t={signed}.{signature}, k={}", self.public)
    }
}
