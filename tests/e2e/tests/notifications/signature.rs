//! A receiver's check of a signed webhook, written from the specification alone.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ring::hmac;

use super::receiver::Received;

/// How many signatures the request has; one of them must be of this secret.
#[track_caller]
pub(super) fn check(received: &Received, secret: &str) -> usize {
    let key = secret.strip_prefix("whsec_").expect("the prefix of a secret");
    let key = hmac::Key::new(hmac::HMAC_SHA256, &STANDARD.decode(key).expect("base64"));
    let mut signed = Vec::new();
    for part in [received.header("webhook-id"), received.header("webhook-timestamp")] {
        assert!(!part.is_empty(), "{received:?}");
        signed.extend_from_slice(part.as_bytes());
        signed.push(b'.');
    }
    signed.extend_from_slice(&received.body);
    let signatures: Vec<&str> = received.header("webhook-signature").split(' ').collect();
    let of_key = |signature: &&&str| {
        let text = signature.strip_prefix("v1,").expect("version 1");
        let tag = STANDARD.decode(text).expect("base64");
        hmac::verify(&key, &signed, &tag).is_ok()
    };
    assert_eq!(signatures.iter().filter(of_key).count(), 1, "{received:?}");
    signatures.len()
}
