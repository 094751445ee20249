//! What this sidecar does beyond what every sidecar does: the log, durability, virtual time, the
//! command line. What it has in common with others stands in the conformance cases.

#![expect(clippy::expect_used, reason = "a test that cannot go on says where and why")]

mod support;

mod app_health {
    mod pause;
    mod readiness;
    mod token;
}
mod command_line {
    mod events;
    mod flags;
    mod jobs;
    mod reload;
    mod servers;
    mod shutdown;
}
mod delivery {
    mod circuit_breaker;
    mod dead_letter;
    mod order;
    mod request;
}
mod durability {
    mod data_dir;
    mod kill;
    mod kill_jobs;
    mod restart;
    mod retention;
    mod state;
}
mod jobs {
    mod failures;
    mod life;
    mod load;
    mod restart;
    mod staging;
    mod times;
}
mod resources {
    mod faults;
    mod references;
    mod reload;
}
mod self_description {
    mod metrics;
}
