//! A browser's side of web push, written from RFC 8188, 8291 and 8292 on primitives of its own.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::agreement::{self, EphemeralPrivateKey, UnparsedPublicKey};
use ring::rand::{SecureRandom, SystemRandom};
use ring::{aead, hkdf, signature};
use serde_json::{Value, json};

use super::receiver::Received;

/// One subscription; its key opens one message.
pub(super) struct Browser {
    key: EphemeralPrivateKey,
    point: Vec<u8>,
    auth: [u8; 16],
}

impl Browser {
    pub(super) fn new() -> Browser {
        let random = SystemRandom::new();
        let key = EphemeralPrivateKey::generate(&agreement::ECDH_P256, &random).expect("a key");
        let point = key.compute_public_key().expect("a point").as_ref().to_vec();
        let mut auth = [0; 16];
        random.fill(&mut auth).expect("random bytes");
        Browser { key, point, auth }
    }

    /// What its page sends to the app.
    pub(super) fn subscription(&self, endpoint: &str) -> Value {
        let (p256dh, auth) =
            (URL_SAFE_NO_PAD.encode(&self.point), URL_SAFE_NO_PAD.encode(self.auth));
        let keys = json!({"p256dh": p256dh, "auth": auth});
        json!({"endpoint": endpoint, "expirationTime": null, "keys": keys})
    }

    /// The message that only this browser can read.
    #[track_caller]
    pub(super) fn decrypt(self, body: &[u8]) -> Value {
        let (salt, rest) = body.split_at(16);
        let (record_size, rest) = rest.split_at(4);
        let (sender, sealed) = rest[1..].split_at(usize::from(rest[0]));
        let record_size = u32::from_be_bytes(record_size.try_into().expect("four bytes"));
        assert!(sealed.len() <= record_size as usize, "more than one record");

        let info = [b"WebPush: info\0", self.point.as_slice(), sender].concat();
        let auth = self.auth;
        let sender = UnparsedPublicKey::new(&agreement::ECDH_P256, sender);
        let input: [u8; 32] =
            agreement::agree_ephemeral(self.key, &sender, |shared| derive(&auth, shared, &info))
                .expect("a point of the sender");
        let key: [u8; 16] = derive(salt, &input, b"Content-Encoding: aes128gcm\0");
        let nonce: [u8; 12] = derive(salt, &input, b"Content-Encoding: nonce\0");

        let key = aead::UnboundKey::new(&aead::AES_128_GCM, &key).expect("a key");
        let nonce = aead::Nonce::assume_unique_for_key(nonce);
        let mut text = sealed.to_vec();
        let opened = aead::LessSafeKey::new(key)
            .open_in_place(nonce, aead::Aad::empty(), &mut text)
            .expect("sealed for this browser");
        let end = opened.iter().rposition(|byte| *byte != 0).expect("a delimiter");
        assert_eq!(opened[end], 2, "not the last record");
        serde_json::from_slice(&opened[..end]).expect("JSON")
    }
}

/// HKDF-SHA-256 to `N` bytes.
fn derive<const N: usize>(salt: &[u8], input: &[u8], info: &[u8]) -> [u8; N] {
    struct Length(usize);
    impl hkdf::KeyType for Length {
        fn len(&self) -> usize {
            self.0
        }
    }
    let mut derived = [0; N];
    let extracted = hkdf::Salt::new(hkdf::HKDF_SHA256, salt).extract(input);
    let expanded = extracted.expand(&[info], Length(N)).and_then(|key| {
        key.fill(&mut derived)?;
        Ok(())
    });
    expanded.expect("a short key");
    derived
}

/// What a push service does before it takes a message: who sends, for whom, until when. Gives the
/// token's claims.
#[track_caller]
pub(super) fn check_sender(received: &Received, public_key: &str) -> Value {
    let header = received.header("authorization");
    let parameters = header.strip_prefix("vapid ").expect("the scheme vapid");
    let parameter = |name: &str| {
        let of_name =
            |pair: &str| pair.trim().strip_prefix(name)?.strip_prefix('=').map(str::to_owned);
        parameters.split(',').find_map(of_name).unwrap_or_default()
    };
    assert_eq!(parameter("k"), public_key);
    let token = parameter("t");
    let (signed, tag) = token.rsplit_once('.').expect("a token of three parts");
    let point = URL_SAFE_NO_PAD.decode(public_key).expect("base64url");
    signature::UnparsedPublicKey::new(&signature::ECDSA_P256_SHA256_FIXED, point)
        .verify(signed.as_bytes(), &URL_SAFE_NO_PAD.decode(tag).expect("base64url"))
        .expect("a signature of the key");
    let claims = signed.split('.').nth(1).expect("claims");
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(claims).expect("base64url")).expect("JSON")
}
