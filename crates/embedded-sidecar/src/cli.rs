//! The command line: which verb, and logging for it.

mod dapr_flags;
mod events;
mod jobs;
mod serve;
mod unneeded_flags;

use std::ffi::OsString;
use std::io::IsTerminal as _;

use anyhow::Context as _;
use clap::{Args as _, Command, FromArgMatches as _};
use tracing_subscriber::EnvFilter;

use dapr_flags::DaprFlags;
use events::EventsFlags;
use jobs::JobsFlags;

/// Runs what the arguments ask for.
pub(crate) fn run(arguments: Vec<OsString>) -> anyhow::Result<()> {
    let command = command();
    let matches = command.get_matches_from(double_dashed(arguments));
    match matches.subcommand() {
        Some(("events", matches)) => {
            return events::print(&EventsFlags::from_arg_matches(matches)?);
        }
        Some(("jobs", matches)) => return jobs::print(&JobsFlags::from_arg_matches(matches)?),
        _ => {}
    }
    let flags = DaprFlags::from_arg_matches(&matches)?;
    set_up_logging(&flags.log_level, flags.log_as_json)?;
    unneeded_flags::warn_about_given(&matches);
    let runtime = tokio::runtime::Runtime::new().context("cannot start the async runtime")?;
    runtime.block_on(serve::serve(flags))
}

fn command() -> Command {
    let command = Command::new("embedded-sidecar")
        .about("A durable sidecar with daprd's HTTP API and daprd's flags")
        .version(env!("CARGO_PKG_VERSION"))
        .args_conflicts_with_subcommands(true);
    let events = EventsFlags::augment_args(
        Command::new("events").about("Print what is on the topics of a data directory"),
    );
    let jobs = JobsFlags::augment_args(
        Command::new("jobs").about("Print what is scheduled in a data directory"),
    );
    unneeded_flags::add(DaprFlags::augment_args(command)).subcommand(events).subcommand(jobs)
}

/// Go programs take `-flag` for `--flag`, and scripts around daprd make use of it. One-letter
/// flags keep their dash.
fn double_dashed(arguments: Vec<OsString>) -> Vec<OsString> {
    let widen = |argument: OsString| match argument.to_str() {
        Some(text) if is_long_flag_with_one_dash(text) => OsString::from(format!("-{text}")),
        _ => argument,
    };
    arguments.into_iter().map(widen).collect()
}

fn is_long_flag_with_one_dash(text: &str) -> bool {
    let name = text.strip_prefix('-').unwrap_or_default();
    let name = name.split('=').next().unwrap_or_default();
    name.len() > 1 && name.starts_with(|c: char| c.is_ascii_alphabetic())
}

/// Whether whoever read the output has gone.
fn is_broken_pipe(error: &anyhow::Error) -> bool {
    error
        .downcast_ref::<std::io::Error>()
        .is_some_and(|error| error.kind() == std::io::ErrorKind::BrokenPipe)
}

fn set_up_logging(level: &str, as_json: bool) -> anyhow::Result<()> {
    // logrus words, as daprd takes them.
    let level = match level {
        "fatal" | "panic" => "error",
        "warning" => "warn",
        other => other,
    };
    let filter = EnvFilter::builder().parse(level).context("--log-level is not a level")?;
    let subscriber = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_ansi(std::io::stderr().is_terminal())
        .with_writer(std::io::stderr);
    if as_json {
        subscriber.json().init()
    } else {
        subscriber.init()
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_dash_is_as_good_as_two() {
        let given = ["bin", "-app-id", "a", "--app-port=80", "-h", "-1", "-log-level=info"];
        let widened = double_dashed(given.map(OsString::from).to_vec());
        assert_eq!(
            widened,
            ["bin", "--app-id", "a", "--app-port=80", "-h", "-1", "--log-level=info"]
        );
    }

    #[test]
    fn the_command_line_is_consistent() {
        command().debug_assert();
    }
}
