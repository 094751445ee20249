//! Tokens of other issuers: a provider that publishes its keys, and one that shares a secret.

use std::thread;

use jsonwebtoken::{Algorithm, EncodingKey, Header};
use serde_json::{Value, json};
use test_support::{App, Client};

use super::provider::{Provider, SigningKey, claims};

const SECRET: &str = "what the partner and we know";

fn app_trusting(provider: &Provider) -> App {
    App::builder()
        .variable("jwks_url", &provider.jwks_url())
        .variable("jwks_host", &provider.origin())
        .variable("external_issuer", "https://login.test")
        .variable("external_audience", "taskmaster")
        .start()
}

fn for_us(more: Value) -> Value {
    let mut all = json!({"aud": ["taskmaster", "another"]});
    let members = all.as_object_mut().expect("an object");
    members.extend(more.as_object().cloned().unwrap_or_default());
    all
}

/// The account of whoever carries this token.
#[track_caller]
fn profile(client: &Client) -> Value {
    client.get("/api/me/profile").expect(200).json()
}

#[test]
fn a_providers_token_opens_an_account_with_its_first_use() {
    let keys = [SigningKey::rsa(), SigningKey::p256(), SigningKey::ed25519()];
    let provider = Provider::publishing(&keys);
    let app = app_trusting(&provider);
    let mut ids = Vec::new();
    for (key, sub) in keys.iter().zip(["ada", "bob", "cem"]) {
        let claims = for_us(json!({"email": format!("{sub}@example.org"), "name": sub}));
        let client = app.client().with_token(&key.sign(sub, claims));
        client.create(json!({"title": format!("Of {sub}")}));
        let own = profile(&client);
        assert_eq!((&own["name"], &own["has_password"]), (&json!(sub), &json!(false)));
        assert_eq!(own["email"], format!("{sub}@example.org"));
        // Their programs know the subject, ours the id, and a later token is the same person.
        let again = app.client().with_token(&key.sign(sub, for_us(json!({}))));
        let id = own["id"].as_str().expect("an id").to_owned();
        for user in [sub, &id, "me"] {
            let page = again.get(&format!("/api/{user}/tasks")).expect(200).json();
            assert_eq!(page["total"], 1, "{user}");
        }
        ids.push(id);
    }
    assert_eq!(provider.asked(), 1, "three keys came with one answer and were remembered");
    // Nobody gets into another's account.
    let bob = app.client().with_token(&keys[1].sign("bob", for_us(json!({}))));
    bob.get(&format!("/api/{}/tasks", ids[0])).expect(403);
    bob.get("/api/ada/tasks").expect(403);
    app.settle();
    app.stop();
}

#[test]
fn many_first_uses_at_once_open_one_account() {
    let key = SigningKey::ed25519();
    let provider = Provider::publishing(std::slice::from_ref(&key));
    let app = app_trusting(&provider);
    let token = key.sign("crowd", for_us(json!({"email": "crowd@example.org"})));
    let client = app.client().with_token(&token);
    let ids: Vec<Value> = thread::scope(|scope| {
        let readers: Vec<_> =
            (0..8).map(|_| scope.spawn(|| profile(&client)["id"].clone())).collect();
        readers.into_iter().map(|reader| reader.join().expect("an id")).collect()
    });
    assert!(ids.iter().all(|id| *id == ids[0]), "{ids:?}");
    app.settle();
    app.stop();
}

#[test]
fn an_address_that_is_taken_is_not_handed_over() {
    let key = SigningKey::p256();
    let provider = Provider::publishing(std::slice::from_ref(&key));
    let app = app_trusting(&provider);
    let owner = app.client().sign_up("owner@example.org");
    owner.create(json!({"title": "Private"}));
    let claims = for_us(json!({"email": "owner@example.org", "name": "Not the owner"}));
    let other = app.client().with_token(&key.sign("other", claims));
    let own = profile(&other);
    assert_ne!(own["id"], owner.user_id());
    assert_eq!(own["email"], Value::Null);
    assert_eq!(other.get("/api/me/tasks").expect(200).json()["total"], 0);
    app.settle();
    app.stop();
}

#[test]
fn a_token_that_does_not_hold_is_refused_whatever_it_says_of_itself() {
    let (rsa, p256) = (SigningKey::rsa(), SigningKey::p256());
    let provider = Provider::publishing(std::slice::from_ref(&rsa));
    let app = app_trusting(&provider);
    let refused = |token: &str| {
        app.client().with_token(token).get("/api/me/tasks").expect(401).problem_fields();
    };
    app.client().with_token(&rsa.sign("ada", for_us(json!({})))).get("/api/me/tasks").expect(200);
    // Another audience, another issuer, another time, a key that is not published.
    refused(&rsa.sign("ada", json!({"aud": "another"})));
    refused(&rsa.sign("ada", for_us(json!({"iss": "https://elsewhere.test"}))));
    refused(&rsa.sign("ada", for_us(json!({"exp": 1_700_000_000}))));
    refused(&p256.sign("ada", for_us(json!({}))));
    // The published key as a secret: what everybody can read signs nothing.
    let header = Header { kid: Some("rsa".to_owned()), ..Header::new(Algorithm::HS256) };
    let modulus =
        EncodingKey::from_secret(include_bytes!("../../../fixtures/keys/rsa-2048.pkcs1.der"));
    let claims = claims("ada", for_us(json!({})));
    refused(&jsonwebtoken::encode(&header, &claims, &modulus).expect("a token"));
    app.settle();
    app.stop();
}

#[test]
fn a_partners_secret_is_another_than_ours() {
    let app = App::builder()
        .variable("external_jwt_secret", SECRET)
        .variable("external_audience", "taskmaster")
        .start();
    let ours = app.client().sign_up("ours@example.org");
    let sign = |secret: &str, claims: &Value| {
        let key = EncodingKey::from_secret(secret.as_bytes());
        jsonwebtoken::encode(&Header::new(Algorithm::HS256), claims, &key).expect("a token")
    };
    let theirs = claims("partner-1", for_us(json!({"name": "Partner"})));
    let partner = app.client().with_token(&sign(SECRET, &theirs));
    assert_eq!(profile(&partner)["name"], "Partner");
    // Whoever knows the partner's secret cannot speak for our users: our issuer has our key.
    let forged = json!({
        "iss": "taskmaster", "aud": "api", "epoch": 0, "sub": ours.user_id(), "iat": 0,
        "exp": 4_000_000_000_u32,
    });
    app.client().with_token(&sign(SECRET, &forged)).get("/api/me/tasks").expect(401);
    let stranger = claims(ours.user_id(), for_us(json!({})));
    let stranger = app.client().with_token(&sign(SECRET, &stranger));
    assert_ne!(profile(&stranger)["id"], ours.user_id());
    app.settle();
    app.stop();
}

#[test]
fn without_an_issuer_named_only_our_own_tokens_are_good() {
    let app = App::start();
    let token = SigningKey::rsa().sign("ada", for_us(json!({})));
    app.client().with_token(&token).get("/api/me/tasks").expect(401).problem_fields();
    app.stop();
}
