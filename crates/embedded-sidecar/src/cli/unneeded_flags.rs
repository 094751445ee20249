//! Flags of daprd without a meaning here: accepted, so that scripts need no change, and named in
//! one warning, so that nobody counts on them.

use clap::parser::ValueSource;
use clap::{Arg, ArgAction, ArgMatches, Command};

/// Flags that take a value.
const VALUED: [&str; 29] = [
    "actors-disseminate-timeout",
    "actors-service",
    "control-plane-address",
    "control-plane-namespace",
    "control-plane-trust-domain",
    "dapr-block-shutdown-duration",
    "dapr-grpc-port",
    "dapr-http-max-request-size",
    "dapr-http-read-buffer-size",
    "dapr-internal-grpc-listen-address",
    "dapr-internal-grpc-port",
    "dapr-public-listen-address",
    "dapr-public-port",
    "hot-reload-reconcile-interval",
    "log-file-compression",
    "log-file-max-age",
    "log-file-max-backups",
    "log-file-max-size",
    "log-outputs",
    "log-timestamp-format",
    "mode",
    "placement-host-address",
    "profile-port",
    "reminders-service",
    "scheduler-host-address",
    "scheduler-job-streams",
    "sentry-address",
    "sentry-request-jwt-audiences",
    "unix-domain-socket",
];

/// Flags that may stand alone.
const SWITCHES: [&str; 5] = [
    "app-ssl",
    "disable-builtin-k8s-secret-store",
    "enable-api-logging",
    "enable-mtls",
    "enable-profiling",
];

pub(super) fn add(command: Command) -> Command {
    let hidden =
        |name: &'static str| Arg::new(name).long(name).hide(true).action(ArgAction::Append);
    let valued = VALUED.into_iter().map(|name| hidden(name).num_args(1));
    let switches = SWITCHES.into_iter().map(|name| {
        hidden(name).num_args(0..=1).require_equals(true).default_missing_value("true")
    });
    command.args(valued).args(switches)
}

pub(super) fn warn_about_given(matches: &ArgMatches) {
    let given: Vec<_> = VALUED
        .into_iter()
        .chain(SWITCHES)
        .filter(|name| matches.value_source(name) == Some(ValueSource::CommandLine))
        .collect();
    if !given.is_empty() {
        tracing::warn!(flags = given.join(", "), "these daprd flags have no effect here");
    }
}
