//! RFC 8291: a message that only the browser can read, as one record of `aes128gcm` (RFC 8188).

use aes_gcm::aead::Aead;
use aes_gcm::{Aes128Gcm, KeyInit, Nonce};
use hkdf::Hkdf;
use p256::SecretKey;
use p256::elliptic_curve::sec1::ToSec1Point;
use sha2::Sha256;
use thiserror::Error;

use super::Subscription;

const SALT_BYTES: usize = 16;
const POINT_BYTES: usize = 65;
const TAG_BYTES: usize = 16;
/// Salt, record size, length of the key id, and the sender's public key as the key id.
const HEADER_BYTES: usize = SALT_BYTES + 4 + 1 + POINT_BYTES;

/// What every push service has to take (RFC 8030), and so the largest body that arrives everywhere.
const BODY_BYTES_MAX: usize = 4_096;
/// The one record may be as long as the largest body; its true length is shorter.
const RECORD_SIZE: u32 = BODY_BYTES_MAX as u32;
/// Ends the last record.
const DELIMITER: u8 = 2;
/// What is left for the message itself.
pub const PAYLOAD_BYTES_MAX: usize = BODY_BYTES_MAX - HEADER_BYTES - TAG_BYTES - 1;

/// Random bytes of one request: used twice, they give the message away.
#[derive(Clone)]
pub struct Ephemeral {
    pub salt: [u8; SALT_BYTES],
    /// A private key. About one in four thousand million is none; [`PushFault::Chance`] says so.
    pub private_key: [u8; 32],
}

#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
pub enum PushFault {
    #[error("the message has more than {PAYLOAD_BYTES_MAX} bytes")]
    TooLarge,
    #[error("the random bytes are no key; take others")]
    Chance,
    #[error("the endpoint cannot be asked for")]
    Endpoint,
    #[error("the subject of the VAPID key cannot be sent in a header")]
    Subject,
}

/// Header and ciphertext.
pub(super) fn encrypt(
    payload: &[u8],
    subscription: &Subscription,
    ephemeral: &Ephemeral,
) -> Result<Vec<u8>, PushFault> {
    if payload.len() > PAYLOAD_BYTES_MAX {
        return Err(PushFault::TooLarge);
    }
    let ours = SecretKey::from_slice(&ephemeral.private_key).map_err(|_| PushFault::Chance)?;
    let our_point = ours.public_key().to_sec1_point(false);
    let their_point = subscription.public_key.to_sec1_point(false);
    let shared = ours.diffie_hellman(&subscription.public_key);

    let key_info = [b"WebPush: info\0", their_point.as_bytes(), our_point.as_bytes()].concat();
    let mut input = [0; 32];
    derive(&subscription.auth, shared.raw_secret_bytes(), &key_info, &mut input);
    let (mut key, mut nonce) = ([0; 16], [0; 12]);
    derive(&ephemeral.salt, &input, b"Content-Encoding: aes128gcm\0", &mut key);
    derive(&ephemeral.salt, &input, b"Content-Encoding: nonce\0", &mut nonce);

    let padded = [payload, &[DELIMITER]].concat();
    let sealed = Aes128Gcm::new(&key.into())
        .encrypt(&Nonce::from(nonce), padded.as_slice())
        .map_err(|_| PushFault::TooLarge)?;
    Ok([
        ephemeral.salt.as_slice(),
        &RECORD_SIZE.to_be_bytes(),
        &[POINT_BYTES as u8],
        our_point.as_bytes(),
        &sealed,
    ]
    .concat())
}

#[expect(clippy::expect_used, reason = "HKDF gives up to 255 hashes, and a key is less than one")]
fn derive(salt: &[u8], input: &[u8], info: &[u8], key: &mut [u8]) {
    let extracted = Hkdf::<Sha256>::new(Some(salt), input);
    extracted.expand(info, key).expect("a key no longer than a hash");
}
