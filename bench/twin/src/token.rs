//! Access tokens of the same kind as the app's: JWT, HS256.

use chrono::{DateTime, Duration, Utc};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// Good for one benchmark on one machine.
const SECRET: &[u8] = b"of-a-benchmark-and-nothing-else-0123456";
const LIFETIME: Duration = Duration::hours(24);

#[derive(Deserialize, Serialize)]
struct Claims {
    sub: Uuid,
    iat: i64,
    exp: i64,
}

pub(crate) fn issue(user: Uuid, now: DateTime<Utc>) -> Option<String> {
    let claims = Claims { sub: user, iat: now.timestamp(), exp: (now + LIFETIME).timestamp() };
    let key = EncodingKey::from_secret(SECRET);
    jsonwebtoken::encode(&Header::new(Algorithm::HS256), &claims, &key).ok()
}

pub(crate) fn verify(token: &str) -> Option<Uuid> {
    let key = DecodingKey::from_secret(SECRET);
    let validation = Validation::new(Algorithm::HS256);
    jsonwebtoken::decode::<Claims>(token, &key, &validation).ok().map(|data| data.claims.sub)
}
