//! Tokens of a partner, made as the partner would make them, and whose key each is judged by.

use base64::prelude::{BASE64_URL_SAFE_NO_PAD, Engine as _};
use jsonwebtoken::{EncodingKey, Header};
use serde_json::json;

use super::*;

const SECRET: &str = "shared with the partner";
const NOW_S: i64 = 1_800_000_000;

fn settings(set: &[(&str, &str)]) -> Settings {
    let required = [("dapr_url", "http://localhost:3500"), ("pubsub_name", "pubsub")];
    let all: Vec<_> = required.iter().chain(set).copied().collect();
    let read = |name: &str| {
        all.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned())
    };
    Settings::read(read).expect("settings")
}

fn signed(header: &Header, claims: &Value, secret: &str) -> String {
    crypto::install();
    let key = EncodingKey::from_secret(secret.as_bytes());
    jsonwebtoken::encode(header, claims, &key).expect("a token")
}

fn token(claims: &Value) -> String {
    signed(&Header::new(Algorithm::HS256), claims, SECRET)
}

fn claims(more: Value) -> Value {
    let mut claims = json!({"sub": "user-7", "exp": NOW_S + 60});
    let (Some(all), Some(more)) = (claims.as_object_mut(), more.as_object()) else {
        panic!("objects")
    };
    all.extend(more.clone());
    claims
}

fn read(claims: &Value, set: &[(&str, &str)]) -> Result<Identity, Problem> {
    let now = DateTime::from_timestamp(NOW_S, 0).expect("an instant");
    of_partner(&token(claims), SECRET, &settings(set), now)
}

#[test]
fn a_partners_token_names_its_subject_under_its_issuer() {
    let more = json!({"iss": "https://login.test", "email": "a@b.c", "name": "Ada"});
    let identity = read(&claims(more), &[]).expect("an identity");
    assert_eq!(identity.external_sub, "https://login.test user-7");
    assert_eq!(identity.sub, "user-7");
    assert_eq!(identity.email.as_deref(), Some("a@b.c"));
    assert_eq!(identity.name.as_deref(), Some("Ada"));
    assert_eq!(identity.expires_at.timestamp(), NOW_S + 60);
    assert_eq!(read(&claims(json!({})), &[]).expect("an identity").external_sub, " user-7");
}

#[test]
fn an_address_that_the_issuer_calls_unverified_is_not_taken() {
    for unverified in [json!(false), json!("false")] {
        let more = json!({"email": "a@b.c", "email_verified": unverified});
        assert_eq!(read(&claims(more), &[]).expect("an identity").email, None);
    }
}

#[test]
fn what_does_not_hold_is_refused() {
    let issuer = [("external_issuer", "https://login.test")];
    let audience = [("external_audience", "tasks")];
    let right = json!({"iss": "https://login.test"});
    assert!(read(&claims(right), &issuer).is_ok());
    assert!(read(&claims(json!({"aud": ["other", "tasks"]})), &audience).is_ok());
    assert!(read(&claims(json!({"aud": "tasks"})), &audience).is_ok());
    for (more, set) in [
        (json!({"iss": "https://elsewhere.test"}), &issuer[..]),
        (json!({}), &issuer[..]),
        (json!({"aud": "other"}), &audience[..]),
        (json!({}), &audience[..]),
        (json!({"exp": NOW_S - 31}), &[]),
        (json!({"exp": "never"}), &[]),
        (json!({"nbf": NOW_S + 31}), &[]),
        (json!({"sub": ""}), &[]),
        (json!({"sub": "x".repeat(256)}), &[]),
        (json!({"sub": null}), &[]),
    ] {
        let refused = read(&claims(more.clone()), set).err().map(|problem| problem.status());
        assert_eq!(refused, Some(401), "{more}");
    }
}

#[test]
fn the_algorithm_is_the_keys_and_not_the_tokens() {
    let now = DateTime::from_timestamp(NOW_S, 0).expect("an instant");
    let right = token(&claims(json!({})));
    assert!(of_partner(&right, SECRET, &settings(&[]), now).is_ok());
    let (_, rest) = right.split_once('.').expect("three parts");
    for alg in ["none", "HS384", "RS256", "hs256"] {
        let header = json!({"typ": "JWT", "alg": alg}).to_string();
        let header = BASE64_URL_SAFE_NO_PAD.encode(header);
        let other = format!("{header}.{rest}");
        assert!(of_partner(&other, SECRET, &settings(&[]), now).is_err(), "{alg}");
    }
    let (unsigned, _) = right.rsplit_once('.').expect("three parts");
    assert!(of_partner(&format!("{unsigned}."), SECRET, &settings(&[]), now).is_err());
}

#[test]
fn issuer_and_key_name_decide_whose_key_it_is() {
    let jwks = ("jwks_url", "https://login.test/keys");
    let secret = ("external_jwt_secret", SECRET);
    let named = Header { kid: Some("k".to_owned()), ..Header::new(Algorithm::HS256) };
    let plain = Header::new(Algorithm::HS256);
    let provider = Some(Signer::Provider { jwks_url: jwks.1 });
    let partner = Some(Signer::Partner { secret: SECRET });
    for (header, iss, set, expected) in [
        (&plain, OWN_ISSUER, &[jwks, secret][..], Some(Signer::Ourselves)),
        (&named, OWN_ISSUER, &[jwks, secret][..], Some(Signer::Ourselves)),
        (&named, "other", &[jwks, secret][..], provider),
        (&plain, "other", &[jwks, secret][..], partner),
        (&plain, "other", &[jwks][..], provider),
        (&named, "other", &[secret][..], partner),
        (&plain, "other", &[][..], None),
    ] {
        let token = signed(header, &claims(json!({"iss": iss})), SECRET);
        assert_eq!(signer(&token, &settings(set)).ok(), expected, "{iss} {set:?}");
    }
    assert!(signer("nonsense", &settings(&[jwks])).is_err());
}
