//! An identity provider: it publishes its keys over HTTP, counts who asks, and signs tokens.

use std::io::{BufRead, BufReader, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use jsonwebtoken::jwk::Jwk;
use jsonwebtoken::{Algorithm, EncodingKey, Header, get_current_timestamp};
use serde_json::{Value, json};

const TOKEN_LIFETIME_S: u64 = 3600;

/// Answers as long as it lives; its thread ends with the test's process.
pub(super) struct Provider {
    address: SocketAddr,
    published: Arc<Mutex<Vec<Jwk>>>,
    asked: Arc<AtomicU32>,
}

/// One of the provider's keys.
#[derive(Clone)]
pub(super) struct SigningKey {
    kid: &'static str,
    algorithm: Algorithm,
    key: EncodingKey,
}

impl SigningKey {
    pub(super) fn rsa() -> Self {
        let der = include_bytes!("../../../fixtures/keys/rsa-2048.pkcs1.der");
        SigningKey { kid: "rsa", algorithm: Algorithm::RS256, key: EncodingKey::from_rsa_der(der) }
    }

    pub(super) fn p256() -> Self {
        let der = include_bytes!("../../../fixtures/keys/p-256.pkcs8.der");
        SigningKey { kid: "p256", algorithm: Algorithm::ES256, key: EncodingKey::from_ec_der(der) }
    }

    pub(super) fn ed25519() -> Self {
        let der = include_bytes!("../../../fixtures/keys/ed25519.pkcs8.der");
        let key = EncodingKey::from_ed_der(der);
        SigningKey { kid: "ed25519", algorithm: Algorithm::EdDSA, key }
    }

    /// A token of the provider, with `more` beside the claims that every token has.
    pub(super) fn sign(&self, sub: &str, more: Value) -> String {
        self.sign_as(
            &Header { kid: Some(self.kid.to_owned()), ..Header::new(self.algorithm) },
            sub,
            more,
        )
    }

    pub(super) fn sign_as(&self, header: &Header, sub: &str, more: Value) -> String {
        jsonwebtoken::encode(header, &claims(sub, more), &self.key).expect("a token")
    }

    fn published(&self) -> Jwk {
        let mut jwk = Jwk::from_encoding_key(&self.key, self.algorithm).expect("a key");
        jwk.common.key_id = Some(self.kid.to_owned());
        jwk
    }
}

/// What a token says, good from now on for a while.
pub(super) fn claims(sub: &str, more: Value) -> Value {
    let now_s = get_current_timestamp();
    let mut claims = json!({
        "iss": "https://login.test", "sub": sub, "iat": now_s, "exp": now_s + TOKEN_LIFETIME_S,
    });
    let members = claims.as_object_mut().expect("an object");
    members.extend(more.as_object().cloned().unwrap_or_default());
    claims
}

impl Provider {
    pub(super) fn publishing(keys: &[SigningKey]) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a free port");
        let provider = Provider {
            address: listener.local_addr().expect("an address"),
            published: Arc::default(),
            asked: Arc::default(),
        };
        provider.publish(keys);
        let (published, asked) = (Arc::clone(&provider.published), Arc::clone(&provider.asked));
        thread::spawn(move || {
            for client in listener.incoming().flatten() {
                asked.fetch_add(1, Ordering::SeqCst);
                let keys = published.lock().unwrap_or_else(PoisonError::into_inner).clone();
                // A client that has left is no fault of the provider.
                let _ = answer(client, &json!({"keys": keys}).to_string());
            }
        });
        provider
    }

    /// From now on these, and no others.
    pub(super) fn publish(&self, keys: &[SigningKey]) {
        let keys = keys.iter().map(SigningKey::published).collect();
        *self.published.lock().unwrap_or_else(PoisonError::into_inner) = keys;
    }

    /// How often it was asked until now.
    pub(super) fn asked(&self) -> u32 {
        self.asked.load(Ordering::SeqCst)
    }

    pub(super) fn origin(&self) -> String {
        format!("http://{}", self.address)
    }

    pub(super) fn jwks_url(&self) -> String {
        format!("{}/.well-known/jwks.json", self.origin())
    }
}

fn answer(mut client: TcpStream, body: &str) -> std::io::Result<()> {
    let mut lines = BufReader::new(client.try_clone()?).lines();
    while lines.next().transpose()?.is_some_and(|line| !line.is_empty()) {}
    let length = body.len();
    write!(
        client,
        "HTTP/1.1 200 OK\r\ncontent-type: application/jwk-set+json\r\n\
         content-length: {length}\r\nconnection: close\r\n\r\n{body}"
    )
}
