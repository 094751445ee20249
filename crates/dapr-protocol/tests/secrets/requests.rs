//! What the app asks a secret store, and how it reads the answer.

use std::collections::BTreeMap;

use dapr_protocol::secrets::{GetSecret, SecretOutcome, SecretRefusal, secret_to_http};
use expect_test::expect;

use crate::{dapr, text};

#[test]
fn a_secret_is_asked_for_by_store_and_name() {
    let get = GetSecret { store: "local".to_owned(), name: "db:user".to_owned() };
    expect![[r#"
        GET http://localhost:3500/v1.0/secrets/local/db%3Auser
    "#]]
    .assert_eq(&text(&get.to_http(&dapr()).expect("a request")));
}

#[test]
fn what_a_sidecar_answers_is_read_back() {
    let secret = BTreeMap::from([("k".to_owned(), "v".to_owned())]);
    let found = SecretOutcome::read(&secret_to_http(&secret));
    assert_eq!(found, SecretOutcome::Found(secret));
    let (store, name) = ("s".to_owned(), "n".to_owned());
    let refused = SecretRefusal::Forbidden { store, name }.to_http();
    let SecretOutcome::Refused(refusal) = SecretOutcome::read(&refused) else {
        panic!("a 403 is a refusal");
    };
    assert_eq!((refusal.status, refusal.code.as_str()), (403, "ERR_PERMISSION_DENIED"));
    assert_eq!(refusal.message, r#"access denied by policy to get "n" from "s""#);
}
