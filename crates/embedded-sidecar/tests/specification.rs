//! What the sidecar does, one file per behaviour. The path is the table of contents.

#![expect(clippy::expect_used, reason = "a test that cannot go on says where and why")]

mod support;

mod app_health {
    mod pause;
    mod readiness;
}
mod bindings {
    mod cron;
    mod http;
    mod smtp;
}
mod command_line {
    mod events;
    mod flags;
    mod jobs;
    mod servers;
    mod shutdown;
}
mod delivery {
    mod answers;
    mod circuit_breaker;
    mod dead_letter;
    mod order;
    mod request;
    mod resiliency;
    mod routes;
}
mod durability {
    mod data_dir;
    mod kill;
    mod kill_jobs;
    mod restart;
    mod retention;
}
mod jobs {
    mod api;
    mod callback;
    mod failures;
    mod life;
    mod load;
    mod restart;
    mod staging;
    mod times;
}
mod publish {
    mod bulk;
    mod envelope;
    mod refusals;
    mod topic_access;
}
mod resources {
    mod configuration;
    mod faults;
    mod references;
}
mod self_description {
    mod metadata;
    mod metrics;
}
mod subscribe {
    mod declarative;
    mod programmatic;
}
mod tokens {
    mod api_token;
    mod app_token;
}
