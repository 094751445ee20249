//! The passwords of a call. To hash one takes a core for a while, and meanwhile no connection to
//! the database is held: whoever signs in in a crowd would leave none for anybody else.

use super::Call;
use crate::{Platform, Problem, auth};

pub(super) fn hash<P: Platform>(call: &Call<'_, P>, password: &str) -> Result<String, Problem> {
    call.platform.let_go_of_the_database();
    auth::hash_password(password, |salt| call.platform.fill_random(salt))
        .ok_or_else(Problem::unavailable)
}

pub(super) fn is_right<P: Platform>(
    call: &Call<'_, P>,
    password: &str,
    hashed: Option<&str>,
) -> bool {
    call.platform.let_go_of_the_database();
    auth::verify_password(password, hashed)
}
