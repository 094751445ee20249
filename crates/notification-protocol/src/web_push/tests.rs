//! The example of RFC 8291, and what push services are asked and answer.

use p256::ecdsa::signature::Verifier;
use p256::ecdsa::{Signature, VerifyingKey};
use serde_json::Value;

use super::*;
use crate::target::Reach;

/// Section 5 and appendix A of RFC 8291.
mod example {
    pub(super) const PLAINTEXT: &str = "When I grow up, I want to be a watermelon";
    pub(super) const SENDER_PRIVATE: &str = "yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw";
    pub(super) const SALT: &str = "DGv6ra1nlYgDCS1FRnbzlw";
    pub(super) const AUTH: &str = "BTBZMqHH6r4Tts7J_aSIgg";
    pub(super) const RECEIVER_PUBLIC: &str = "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AY\
                                              WXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4";
    pub(super) const BODY: &str = "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27ml\
                                   mlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A_yl95bQpu6cVPT\
                                   pK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN";
}

fn bytes<const N: usize>(text: &str) -> [u8; N] {
    URL_SAFE_NO_PAD.decode(text).unwrap().try_into().unwrap()
}

fn ephemeral() -> Ephemeral {
    Ephemeral { salt: bytes(example::SALT), private_key: bytes(example::SENDER_PRIVATE) }
}

fn keys() -> SubscriptionKeys {
    let (p256dh, auth) = (example::RECEIVER_PUBLIC.to_owned(), example::AUTH.to_owned());
    SubscriptionKeys { p256dh, auth }
}

fn subscription() -> Subscription {
    Subscription::parse("https://push.example.net/push/abc", &keys(), Reach::Public).unwrap()
}

fn key() -> VapidKey {
    VapidKey::parse(example::SENDER_PRIVATE, "mailto:admin@example.com").unwrap()
}

fn request(payload: &[u8]) -> Result<Request<Bytes>, PushFault> {
    let message = PushMessage { id: Uuid::from_u128(7), payload };
    message.to_http(&subscription(), &key(), &ephemeral(), DateTime::UNIX_EPOCH)
}

#[test]
fn the_example_of_rfc_8291_is_met_byte_for_byte() {
    let request = request(example::PLAINTEXT.as_bytes()).unwrap();
    assert_eq!(URL_SAFE_NO_PAD.encode(request.body()), example::BODY);
}

#[test]
fn the_largest_message_fills_what_every_push_service_takes() {
    assert_eq!(PAYLOAD_BYTES_MAX, 3_993);
    assert_eq!(request(&[b'x'; PAYLOAD_BYTES_MAX]).unwrap().body().len(), 4_096);
    let fault = request(&[b'x'; PAYLOAD_BYTES_MAX + 1]).unwrap_err();
    assert_eq!(fault, PushFault::TooLarge);
}

#[test]
fn the_request_says_how_long_how_urgent_and_which() {
    let request = request(b"x").unwrap();
    assert_eq!(request.uri(), "https://push.example.net/push/abc");
    let header = |name: &str| request.headers()[name].to_str().unwrap().to_owned();
    assert_eq!(header("ttl"), "86400");
    assert_eq!(header("urgency"), "high");
    assert_eq!(header("topic"), "AAAAAAAAAAAAAAAAAAAABw");
    assert_eq!(header("content-encoding"), "aes128gcm");
    assert_eq!(header("content-length"), request.body().len().to_string());
}

#[test]
fn the_push_service_can_check_who_sends() {
    let request = request(b"x").unwrap();
    let header = request.headers()[header::AUTHORIZATION].to_str().unwrap();
    let (token, public) = header.strip_prefix("vapid t=").unwrap().split_once(", k=").unwrap();
    assert_eq!(public, key().public_key());
    let (signed, signature) = token.rsplit_once('.').unwrap();
    let verifying = VerifyingKey::from_sec1_bytes(&bytes::<65>(public)).unwrap();
    let signature = Signature::from_slice(&bytes::<64>(signature)).unwrap();
    verifying.verify(signed.as_bytes(), &signature).unwrap();

    let part = |text: &str| -> Value {
        serde_json::from_slice(&URL_SAFE_NO_PAD.decode(text).unwrap()).unwrap()
    };
    let (head, claims) = signed.split_once('.').unwrap();
    assert_eq!(part(head), serde_json::json!({"typ": "JWT", "alg": "ES256"}));
    let expected = serde_json::json!({
        "aud": "https://push.example.net", "exp": 43_200, "sub": "mailto:admin@example.com",
    });
    assert_eq!(part(claims), expected);
}

#[test]
fn a_subscription_is_checked_before_it_is_kept() {
    let parse = |endpoint: &str, p256dh: &str, auth: &str| {
        let keys = SubscriptionKeys { p256dh: p256dh.to_owned(), auth: auth.to_owned() };
        Subscription::parse(endpoint, &keys, Reach::Public).map(|_| ()).unwrap_err()
    };
    let SubscriptionKeys { p256dh, auth } = keys();
    let endpoint = "https://push.example.net/a";
    let inner = parse("https://10.0.0.1/", &p256dh, &auth);
    assert!(matches!(inner, SubscriptionFault::Endpoint(_)));
    assert_eq!(parse(endpoint, &p256dh[..80], &auth), SubscriptionFault::PublicKey);
    // Right in length, but not on the curve.
    let off_the_curve = URL_SAFE_NO_PAD.encode([4; 65]);
    assert_eq!(parse(endpoint, &off_the_curve, &auth), SubscriptionFault::PublicKey);
    assert_eq!(parse(endpoint, &p256dh, "c2hvcnQ"), SubscriptionFault::Auth);
    assert_eq!(parse(endpoint, &p256dh, "not base64!"), SubscriptionFault::Auth);

    // Padded, and in the other alphabet.
    let padded = SubscriptionKeys {
        p256dh: p256dh.replace('-', "+").replace('_', "/") + "=",
        auth: auth.replace('_', "/") + "==",
    };
    assert!(Subscription::parse(endpoint, &padded, Reach::Public).is_ok());
}

#[test]
fn a_vapid_key_without_a_contact_is_refused() {
    let parse = |key: &str, subject: &str| VapidKey::parse(key, subject).map(|_| ()).unwrap_err();
    assert_eq!(parse(example::SENDER_PRIVATE, "admin@example.com"), VapidFault::Subject);
    assert_eq!(parse(example::SENDER_PRIVATE, "mailto:"), VapidFault::Subject);
    assert_eq!(parse("c2hvcnQ", "mailto:a@example.com"), VapidFault::PrivateKey);
    let zero = URL_SAFE_NO_PAD.encode([0; 32]);
    assert_eq!(parse(&zero, "mailto:a@example.com"), VapidFault::PrivateKey);
}

#[test]
fn only_a_forgotten_subscription_is_gone() {
    let verdict = |status: u16| {
        let mut headers = HeaderMap::new();
        headers.insert(header::RETRY_AFTER, HeaderValue::from(30));
        verdict(StatusCode::from_u16(status).unwrap(), &headers, DateTime::UNIX_EPOCH)
    };
    assert_eq!(verdict(201), Verdict::Delivered);
    for status in [404, 410] {
        assert!(matches!(verdict(status), Verdict::Gone { .. }), "{status}");
    }
    for status in [401, 403, 429, 500, 503] {
        let asked = Some(std::time::Duration::from_secs(30));
        assert!(
            matches!(verdict(status), Verdict::Retry { after, .. } if after == asked),
            "{status}"
        );
    }
    for status in [301, 400, 413] {
        assert!(matches!(verdict(status), Verdict::Refused { .. }), "{status}");
    }
}
