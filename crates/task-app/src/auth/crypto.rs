//! The signatures that tokens here may have: HS256 to sign and verify, RS256, ES256 and EdDSA to
//! verify. What the library would bring along beside them is half a megabyte of every component
//! that admits people.

use ed25519_dalek::{Signature as EdSignature, VerifyingKey as EdKey};
use hmac::{Hmac, KeyInit, Mac};
use jsonwebtoken::crypto::{CryptoProvider, JwtSigner, JwtVerifier, KeyUtils};
use jsonwebtoken::errors::{ErrorKind, Result};
use jsonwebtoken::signature::{Error as SignatureError, Signer, Verifier};
use jsonwebtoken::{Algorithm, DecodingKey, DecodingKeyKind, EncodingKey};
use p256::ecdsa::{Signature as EcSignature, VerifyingKey as EcKey};
use rsa::{BigUint, Pkcs1v15Sign, RsaPublicKey};
use sha2::Sha256;

type Outcome<T> = std::result::Result<T, SignatureError>;

/// Makes the library use what is here. From the second call on it does already.
pub(super) fn install() {
    static PROVIDER: CryptoProvider = CryptoProvider {
        signer_factory: signer,
        verifier_factory: verifier,
        key_utils: KeyUtils::new_unimplemented(),
    };
    let _ = PROVIDER.install_default();
}

fn signer(algorithm: &Algorithm, key: &EncodingKey) -> Result<Box<dyn JwtSigner>> {
    match algorithm {
        Algorithm::HS256 => Ok(Box::new(Hs256(hs256_key(key.as_bytes())?))),
        _ => Err(ErrorKind::InvalidAlgorithm.into()),
    }
}

fn verifier(algorithm: &Algorithm, key: &DecodingKey) -> Result<Box<dyn JwtVerifier>> {
    match algorithm {
        Algorithm::HS256 => Ok(Box::new(Hs256(hs256_key(key.try_get_as_bytes()?)?))),
        Algorithm::RS256 => {
            let DecodingKeyKind::RsaModulusExponent { n, e } = key.kind() else {
                return Err(ErrorKind::InvalidKeyFormat.into());
            };
            let (n, e) = (BigUint::from_bytes_be(n), BigUint::from_bytes_be(e));
            let key = RsaPublicKey::new(n, e).map_err(|_| ErrorKind::InvalidKeyFormat)?;
            Ok(Box::new(Rs256(key)))
        }
        Algorithm::ES256 => {
            let key = EcKey::from_sec1_bytes(key.try_get_as_bytes()?);
            Ok(Box::new(Es256(key.map_err(|_| ErrorKind::InvalidEcdsaKey)?)))
        }
        Algorithm::EdDSA => {
            let bytes = key.try_get_as_bytes()?.try_into();
            let key = EdKey::from_bytes(bytes.map_err(|_| ErrorKind::InvalidEddsaKey)?);
            Ok(Box::new(EdDsa(key.map_err(|_| ErrorKind::InvalidEddsaKey)?)))
        }
        _ => Err(ErrorKind::InvalidAlgorithm.into()),
    }
}

struct Hs256(Hmac<Sha256>);
struct Rs256(RsaPublicKey);
struct Es256(EcKey);
struct EdDsa(EdKey);

fn hs256_key(secret: &[u8]) -> Result<Hmac<Sha256>> {
    Hmac::new_from_slice(secret).map_err(|_| ErrorKind::InvalidKeyFormat.into())
}

impl Signer<Vec<u8>> for Hs256 {
    fn try_sign(&self, message: &[u8]) -> Outcome<Vec<u8>> {
        let mut mac = self.0.clone();
        mac.update(message);
        Ok(mac.finalize().into_bytes().to_vec())
    }
}

impl Verifier<Vec<u8>> for Hs256 {
    fn verify(&self, message: &[u8], signature: &Vec<u8>) -> Outcome<()> {
        let mut mac = self.0.clone();
        mac.update(message);
        mac.verify_slice(signature).map_err(|_| SignatureError::new())
    }
}

impl Verifier<Vec<u8>> for Rs256 {
    fn verify(&self, message: &[u8], signature: &Vec<u8>) -> Outcome<()> {
        use rsa::sha2::{Digest, Sha256};
        let scheme = Pkcs1v15Sign::new::<Sha256>();
        let digest = Sha256::digest(message);
        self.0.verify(scheme, &digest, signature).map_err(|_| SignatureError::new())
    }
}

impl Verifier<Vec<u8>> for Es256 {
    fn verify(&self, message: &[u8], signature: &Vec<u8>) -> Outcome<()> {
        use p256::ecdsa::signature::Verifier as _;
        let signature = EcSignature::from_slice(signature).map_err(|_| SignatureError::new())?;
        self.0.verify(message, &signature).map_err(|_| SignatureError::new())
    }
}

impl Verifier<Vec<u8>> for EdDsa {
    fn verify(&self, message: &[u8], signature: &Vec<u8>) -> Outcome<()> {
        self.0.verify_strict(message, &EdSignature::from_slice(signature)?)
    }
}

impl JwtSigner for Hs256 {
    fn algorithm(&self) -> Algorithm {
        Algorithm::HS256
    }
}

impl JwtVerifier for Hs256 {
    fn algorithm(&self) -> Algorithm {
        Algorithm::HS256
    }
}

impl JwtVerifier for Rs256 {
    fn algorithm(&self) -> Algorithm {
        Algorithm::RS256
    }
}

impl JwtVerifier for Es256 {
    fn algorithm(&self) -> Algorithm {
        Algorithm::ES256
    }
}

impl JwtVerifier for EdDsa {
    fn algorithm(&self) -> Algorithm {
        Algorithm::EdDSA
    }
}
