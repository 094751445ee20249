//! What may not be tried, or done, as often as anybody likes. Changes of tasks are not here: their
//! commit charges the user's own row.

use task_store::account::{Throttle, ThrottleOutcome};
use task_store::{Caller, Store};

use super::Call;
use crate::limits::{Bucket, RARE_WRITES_PER_USER, SIGN_IN_PER_CLIENT, SIGN_IN_PER_EMAIL};
use crate::{Platform, Problem, auth};

/// Before a password is looked at: by whose it is, and by where the guess comes from.
pub(super) async fn sign_in<P: Platform>(call: &Call<'_, P>, email: &str) -> Result<(), Problem> {
    let buckets = [
        bucket("email", email, SIGN_IN_PER_EMAIL),
        bucket("client", call.client, SIGN_IN_PER_CLIENT),
    ];
    take(call, &buckets).await
}

/// Before what a person changes now and then. It costs a statement of its own, so that the
/// statements of these calls stay free of it.
pub(super) async fn rare_write<P: Platform>(
    call: &Call<'_, P>,
    caller: Caller,
) -> Result<(), Problem> {
    take(call, &[bucket("rare", &caller.user.to_string(), RARE_WRITES_PER_USER)]).await
}

async fn take<P: Platform>(call: &Call<'_, P>, buckets: &[Throttle]) -> Result<(), Problem> {
    match call.platform.store().throttle(buckets, call.platform.now()).await? {
        ThrottleOutcome::Admitted => Ok(()),
        ThrottleOutcome::Limited { retry_after_ms } => {
            Err(Problem::too_many_requests(retry_after_ms))
        }
    }
}

fn bucket(name: &str, of: &str, Bucket { capacity, refill_ms }: Bucket) -> Throttle {
    let bucket = format!("{name}:{}", auth::fingerprint(of.as_bytes()));
    Throttle { bucket, capacity, refill_ms }
}
