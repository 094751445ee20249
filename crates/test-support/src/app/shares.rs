//! The app shared out: five processes of the same program on the same data, each behind a sidecar
//! of its own, whose app-id says what it consumes. People talk to the first one.

use std::env;
use std::net::SocketAddr;

use super::AppBuilder;
use crate::engines::RealSidecar;

/// The whole app of somebody without a hub: each topic has a consumer, and dead letters do.
pub const FIVE: [&str; 5] = [
    "taskmaster-api",
    "taskmaster-recurrence",
    "taskmaster-reminder",
    "taskmaster-notifier",
    "taskmaster-relay",
];

/// Decides for a whole run of tests whether its apps are shared out: `one` or `five`. Only behind a
/// broker: the embedded sidecar keeps its topics to one process.
const VARIABLE: &str = "TASKMASTER_TEST_APPS";

/// What the tests of an app do not see go and come when it is started again.
#[derive(Debug, Default)]
pub(super) struct Kept {
    pub(super) listen: Option<SocketAddr>,
    pub(super) sidecar: Option<RealSidecar>,
    pub(super) shares: Vec<Kept>,
}

/// How this run starts an app: the one that people talk to, and those beside it.
pub(super) fn share_out(builder: AppBuilder) -> (AppBuilder, Vec<AppBuilder>) {
    if !is_wanted() || !builder.is_whole_behind_a_broker() {
        return (builder, Vec::new());
    }
    let [first, others @ ..] = FIVE;
    let others = others.map(|id| builder.clone().into_share(id)).into();
    (builder.into_share(first), others)
}

fn is_wanted() -> bool {
    match env::var(VARIABLE).as_deref() {
        Err(env::VarError::NotPresent) | Ok("one") => false,
        Ok("five") => true,
        other => panic!("{VARIABLE} is {other:?}; it may be one or five"),
    }
}
