//! The command line: its flags, the process's log and runtime, and its exit code.

mod drain;
mod logging;
mod ready;
mod sidecar;
mod up;
mod variables;

use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use clap::{Args, Parser, Subcommand};
use embedded_host::CrashPoint;

use self::logging::LogFormat;

/// Long enough for a password hash and its commit, shorter than a supervisor's patience.
const DEFAULT_DRAIN_SECONDS: u64 = 10;

/// Runs a spin.toml the way Spin does, with a Dapr-compatible sidecar in the same process.
#[derive(Debug, Parser)]
#[command(name = "embedded-host", version)]
struct Arguments {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// Serve an application until Ctrl-C or SIGTERM
    Up(Box<UpArguments>),
}

#[derive(Debug, Args)]
struct UpArguments {
    /// The manifest
    #[arg(long, short = 'f', default_value = "spin.toml")]
    from: PathBuf,
    /// Address to serve on; port 0 picks a free one
    #[arg(long, env = "SPIN_HTTP_LISTEN_ADDR", default_value = "127.0.0.1:3000")]
    listen: SocketAddr,
    /// Folder of databases and topics
    #[arg(long, default_value = ".taskmaster")]
    state_dir: PathBuf,
    /// Folder of compiled components [default: <state-dir>/compiled]
    #[arg(long)]
    cache_dir: Option<PathBuf>,
    /// Runtime configuration, as for Spin
    #[arg(long)]
    runtime_config_file: Option<PathBuf>,
    /// Application variable: NAME=VALUE, NAME=@FILE or @FILE.toml (repeatable)
    #[arg(long = "variable", value_name = "NAME=VALUE")]
    variables: Vec<String>,
    /// File of NAME=VALUE lines read like the environment, which wins over it (repeatable)
    #[arg(long = "env-file", value_name = "FILE")]
    env_files: Vec<PathBuf>,
    /// Guests at once
    #[arg(long)]
    max_instances: Option<u32>,
    /// Memory per guest in bytes
    #[arg(long, env = "SPIN_MAX_INSTANCE_MEMORY")]
    max_instance_memory: Option<u64>,
    /// Responses of type text/event-stream at once
    #[arg(long)]
    max_streams: Option<u32>,
    /// Threads that run guests [default: one per core]
    #[arg(long)]
    worker_threads: Option<usize>,
    /// How long running guests may go on after a stop
    #[arg(long, default_value_t = DEFAULT_DRAIN_SECONDS)]
    drain_seconds: u64,
    /// Address to serve Prometheus metrics on
    #[arg(long)]
    metrics_listen: Option<SocketAddr>,
    /// Form of the log on stderr; RUST_LOG filters it
    #[arg(long, value_enum, default_value_t = LogFormat::Human)]
    log_format: LogFormat,
    /// File that receives the served address once the application is ready
    #[arg(long)]
    ready_file: Option<PathBuf>,
    /// Kill the process at a host call: before:N or after:N
    #[arg(long, value_name = "WHEN:N")]
    crash_at: Option<CrashPoint>,
    /// Append a line per host call to a file
    #[arg(long, value_name = "FILE")]
    log_host_calls: Option<PathBuf>,
    /// Let guests see a wall clock that is this far ahead, for tests; negative is behind
    #[arg(long, value_name = "MS", default_value_t = 0, allow_negative_numbers = true)]
    clock_offset_ms: i64,
    #[command(flatten)]
    sidecar: SidecarArguments,
}

#[derive(Debug, Args)]
struct SidecarArguments {
    /// Run no sidecar in this process
    #[arg(long)]
    no_sidecar: bool,
    /// Folder of Dapr resource files (repeatable)
    #[arg(long, value_name = "DIR")]
    dapr_resources: Vec<PathBuf>,
    /// Dapr configuration file (repeatable)
    #[arg(long, value_name = "FILE")]
    dapr_config: Vec<PathBuf>,
    /// Dapr app id [default: the application's name]
    #[arg(long)]
    dapr_app_id: Option<String>,
    /// Path of the app's health check; without it the app counts as healthy
    #[arg(long, value_name = "PATH")]
    app_health_check_path: Option<String>,
    /// Address to serve the sidecar's API on, for callers outside this process
    #[arg(long)]
    sidecar_listen: Option<SocketAddr>,
    /// Authority components reach the sidecar by
    #[arg(long, default_value = "localhost:3500")]
    sidecar_authority: String,
}

impl UpArguments {
    fn drain_deadline(&self) -> Duration {
        Duration::from_secs(self.drain_seconds)
    }
}

pub(crate) fn main() -> ExitCode {
    let Verb::Up(arguments) = Arguments::parse().verb;
    logging::start(arguments.log_format);
    let mut runtime = tokio::runtime::Builder::new_multi_thread();
    if let Some(threads) = arguments.worker_threads {
        runtime.worker_threads(threads.max(1));
    }
    let outcome = runtime
        .enable_all()
        .build()
        .map_err(anyhow::Error::from)
        .and_then(|runtime| runtime.block_on(up::up(*arguments)));
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            tracing::error!("{error:#}");
            ExitCode::FAILURE
        }
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    #[test]
    fn the_flags_agree_with_each_other() {
        super::Arguments::command().debug_assert();
    }
}
