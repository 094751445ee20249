//! Password hashes: argon2id at the OWASP minimum, as PHC strings. Accounts that were brought along
//! from elsewhere may have a bcrypt hash until their first sign-in.

use argon2::password_hash::{PasswordHasher, PasswordVerifier, phc::PasswordHash};
use argon2::{Algorithm, Argon2, Params, Version};

use crate::limits::PASSWORD_CHARS_MAX;

/// 19 MiB, two passes, one lane: the OWASP minimum, some 40 ms of one core in wasm.
const MEMORY_KIB: u32 = 19 * 1024;
const PASSES: u32 = 2;
const LANES: u32 = 1;
const SALT_BYTES: usize = 16;
/// How every version of bcrypt begins.
const BCRYPT: &str = "$2";

/// The hash as a PHC string.
pub(crate) fn hash_password(password: &str, fill_random: impl FnOnce(&mut [u8])) -> Option<String> {
    let mut salt = [0; SALT_BYTES];
    fill_random(&mut salt);
    let hash = argon2id()?.hash_password_with_salt(password.as_bytes(), &salt);
    hash.ok().map(|hash| hash.to_string())
}

/// `None` stands for an account that does not exist: it costs the same, and is never right. What no
/// password can be is not hashed.
pub(crate) fn verify_password(password: &str, hashed: Option<&str>) -> bool {
    if password.chars().count() > PASSWORD_CHARS_MAX {
        return false;
    }
    if let Some(hash) = hashed.filter(|hash| is_outdated(hash)) {
        return bcrypt::verify(password, hash).unwrap_or(false);
    }
    let Some(argon2id) = argon2id() else { return false };
    let parsed = hashed.and_then(|text| PasswordHash::new(text).ok());
    match parsed {
        Some(hash) => argon2id.verify_password(password.as_bytes(), &hash).is_ok(),
        None => {
            let _ = argon2id.hash_password_with_salt(password.as_bytes(), &[0; SALT_BYTES]);
            false
        }
    }
}

/// Whether the password should be hashed anew when it is next known.
pub(crate) fn is_outdated(hash: &str) -> bool {
    hash.starts_with(BCRYPT)
}

fn argon2id() -> Option<Argon2<'static>> {
    let params = Params::new(MEMORY_KIB, PASSES, LANES, None).ok()?;
    Some(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_verifies_against_its_own_hash_only() {
        let hashed = hash_password("correct horse", |salt| salt.fill(7)).expect("a hash");
        assert!(hashed.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{hashed}");
        assert!(verify_password("correct horse", Some(&hashed)));
        assert!(!verify_password("wrong horse", Some(&hashed)));
        assert!(!verify_password("correct horse", None));
        assert!(!verify_password("correct horse", Some("not a hash")));
        assert!(!is_outdated(&hashed));
    }

    #[test]
    fn a_bcrypt_hash_verifies_and_is_outdated() {
        // Made by the Python library at its cost 4.
        let hash = "$2b$04$1r5PT59O4IJXQwkawkG/leZGOXvU0EE.iog65fadoNIAW6B8SSkG.";
        assert!(verify_password("correct horse", Some(hash)));
        assert!(!verify_password("wrong horse", Some(hash)));
        assert!(!verify_password("correct horse", Some("$2b$04$short")));
        assert!(is_outdated(hash));
    }
}
