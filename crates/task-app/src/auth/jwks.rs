//! The public keys of an identity provider (RFC 7517), and the one algorithm each may be used with.
//!
//! What a token says of its algorithm is not asked here: a key decides.

use jsonwebtoken::jwk::{AlgorithmParameters, EllipticCurve, Jwk, KeyAlgorithm, PublicKeyUse};
use jsonwebtoken::{Algorithm, DecodingKey};
use serde::Deserialize;
use serde_json::Value;

/// Shorter RSA moduli are within reach of being factored: 2048 bits, in the six bits of a base64
/// character.
const RSA_MODULUS_CHARS_MIN: usize = 2048 / 6;

/// 32 bytes in base64 without padding; the library takes the length for granted.
const ED25519_KEY_CHARS: usize = 43;

/// Keys that can be used to verify signatures.
#[derive(Debug)]
pub(super) struct KeySet(Vec<Jwk>);

/// A key and its algorithm.
pub(super) struct VerifyingKey {
    pub(super) key: DecodingKey,
    pub(super) algorithm: Algorithm,
}

#[derive(Deserialize)]
struct Document {
    keys: Vec<Value>,
}

impl KeySet {
    /// `None` when the text is no key set. A key that we cannot use is left out: providers publish
    /// keys for other purposes and algorithms beside the ones we need.
    pub(super) fn parse(text: &str) -> Option<KeySet> {
        let document: Document = serde_json::from_str(text).ok()?;
        let keys = document.keys.into_iter().filter_map(|key| serde_json::from_value(key).ok());
        Some(KeySet(keys.filter(|key| algorithm(key).is_some()).collect()))
    }

    /// The key that `kid` names. A token that names none can only mean the only key.
    pub(super) fn find(&self, kid: Option<&str>) -> Option<VerifyingKey> {
        let jwk = match (kid, self.0.as_slice()) {
            (Some(kid), keys) => {
                keys.iter().find(|key| key.common.key_id.as_deref() == Some(kid))?
            }
            (None, [only]) => only,
            (None, _) => return None,
        };
        Some(VerifyingKey { key: DecodingKey::from_jwk(jwk).ok()?, algorithm: algorithm(jwk)? })
    }
}

/// What the key is for, by its own type; its `alg`, where it has one, must say the same.
fn algorithm(key: &Jwk) -> Option<Algorithm> {
    let (algorithm, name) = match &key.algorithm {
        AlgorithmParameters::RSA(rsa) if rsa.n.len() >= RSA_MODULUS_CHARS_MIN => {
            (Algorithm::RS256, KeyAlgorithm::RS256)
        }
        AlgorithmParameters::EllipticCurve(ec) if ec.curve == EllipticCurve::P256 => {
            (Algorithm::ES256, KeyAlgorithm::ES256)
        }
        AlgorithmParameters::OctetKeyPair(pair)
            if pair.curve == EllipticCurve::Ed25519 && pair.x.len() == ED25519_KEY_CHARS =>
        {
            (Algorithm::EdDSA, KeyAlgorithm::EdDSA)
        }
        // A symmetric key that everybody can read verifies nothing.
        _ => return None,
    };
    let signs = matches!(key.common.public_key_use, None | Some(PublicKeyUse::Signature));
    let agrees = key.common.key_algorithm.is_none_or(|given| given == name);
    (signs && agrees).then_some(algorithm)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn check(key: Value, expected: Option<Algorithm>) {
        let text = json!({"keys": [key]}).to_string();
        let found = KeySet::parse(&text).expect("a key set").find(Some("k"));
        assert_eq!(found.map(|key| key.algorithm), expected, "{text}");
    }

    fn rsa(characters: usize, alg: &str) -> Value {
        json!({"kty": "RSA", "kid": "k", "alg": alg, "n": "A".repeat(characters), "e": "AQAB"})
    }

    #[test]
    fn a_key_decides_its_algorithm() {
        let x = "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo";
        check(rsa(342, "RS256"), Some(Algorithm::RS256));
        check(
            json!({"kty": "EC", "kid": "k", "crv": "P-256", "x": x, "y": x}),
            Some(Algorithm::ES256),
        );
        check(
            json!({"kty": "OKP", "kid": "k", "crv": "Ed25519", "x": x, "use": "sig"}),
            Some(Algorithm::EdDSA),
        );
    }

    #[test]
    fn keys_for_anything_else_are_left_out() {
        check(json!({"kty": "OKP", "kid": "k", "crv": "Ed25519", "x": "11qYAYKx"}), None);
        check(rsa(171, "RS256"), None);
        check(rsa(342, "HS256"), None);
        check(rsa(342, "PS512"), None);
        check(json!({"kty": "oct", "kid": "k", "alg": "HS256", "k": "c2VjcmV0"}), None);
        let encrypting = json!({
            "kty": "RSA", "kid": "k", "use": "enc", "n": "A".repeat(342), "e": "AQAB",
        });
        check(encrypting, None);
        check(json!({"kty": "AKP", "kid": "k", "alg": "ML-DSA-44", "pub": "eA"}), None);
    }

    #[test]
    fn a_token_without_a_kid_can_only_mean_the_only_key() {
        let (one, other) = (rsa(342, "RS256"), rsa(344, "RS256"));
        let alone = KeySet::parse(&json!({"keys": [one]}).to_string()).expect("a key set");
        assert!(alone.find(None).is_some());
        let both = KeySet::parse(&json!({"keys": [one, other]}).to_string()).expect("a key set");
        assert!(both.find(None).is_none());
        assert!(both.find(Some("unknown")).is_none());
        assert!(KeySet::parse("<html>").is_none());
    }
}
