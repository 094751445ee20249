//! The programs that are compared: how each is started.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result};
use clap::{Args, ValueEnum};
use test_support::DataFolder;
use test_support::postgres::Database;

use super::DatabaseKind;

/// Nothing listens on the discard port, so a relay that tries it fails at once and backs off.
const NOBODY: &str = "http://127.0.0.1:9";

/// Known to all sides; good for one benchmark on one machine.
const JWT_SECRET: &str = "of-a-benchmark-and-nothing-else-0123456";

/// Compiled components are kept here, beside the host.
const COMPILE_CACHE: &str = "compiled-components";

/// As many as a deployment on two cores would take.
const FASTAPI_WORKERS: &str = "2";
/// Idle connections live longer than the turns of the other sides; in seconds.
const FASTAPI_KEEP_ALIVE: &str = "120";

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Side {
    /// The product: wasm components in the embedded host
    App,
    /// The same work as a native service, without wasm and host
    Twin,
    /// The same API with FastAPI, SQLAlchemy and asyncpg, its events published and forgotten
    Fastapi,
}

/// Where everything is that can be started.
#[derive(Args)]
pub(crate) struct Programs {
    /// The embedded host's program
    #[arg(long)]
    host: PathBuf,
    /// The embedded sidecar's program
    #[arg(long)]
    pub(super) sidecar: PathBuf,
    /// The twin's program
    #[arg(long)]
    twin: Option<PathBuf>,
    /// A Python that has what the FastAPI peer requires
    #[arg(long)]
    python: Option<PathBuf>,
    /// Folder of the FastAPI peer
    #[arg(long)]
    fastapi: Option<PathBuf>,
    /// The app's manifest
    #[arg(long)]
    from: PathBuf,
    /// A folder of Dapr resources that the sidecars read; repeatable
    #[arg(long)]
    pub(super) dapr_resources: Vec<PathBuf>,
    /// The sidecars' configuration
    #[arg(long)]
    pub(super) dapr_config: PathBuf,
    #[arg(long)]
    pub(super) dapr_app_id: String,
}

/// What a side is told at its start.
pub(super) struct Place<'a> {
    pub(super) listen: SocketAddr,
    pub(super) data: &'a DataFolder,
    pub(super) database: Option<&'a Database>,
    pub(super) dapr_url: Option<&'a str>,
}

impl Side {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Side::App => "app",
            Side::Twin => "twin",
            Side::Fastapi => "FastAPI",
        }
    }

    /// Sides that run on this database.
    pub(crate) fn on(database: DatabaseKind) -> &'static [Side] {
        match database {
            DatabaseKind::Sqlite => &[Side::App, Side::Twin],
            DatabaseKind::Postgres => &[Side::App, Side::Twin, Side::Fastapi],
        }
    }

    pub(super) fn command(self, programs: &Programs, place: &Place<'_>) -> Result<Command> {
        match self {
            Side::App => Ok(app(programs, place)),
            Side::Twin => twin(programs, place),
            Side::Fastapi => fastapi(programs, place),
        }
    }
}

fn app(programs: &Programs, place: &Place<'_>) -> Command {
    let mut command = Command::new(&programs.host);
    command.arg("up").arg("--from").arg(&programs.from);
    command.args(["--listen", &place.listen.to_string(), "--no-sidecar"]);
    command.arg("--state-dir").arg(place.data.path());
    command.arg("--cache-dir").arg(programs.host.with_file_name(COMPILE_CACHE));
    let mut variable = |name: &str, value: &str| {
        command.arg("--variable").arg(format!("{name}={value}"));
    };
    variable("jwt_secret", JWT_SECRET);
    variable("dapr_url", place.dapr_url.unwrap_or(NOBODY));
    // Webhooks that people set lead to this program, on a port of its own.
    variable("webhook_allow_http", "true");
    variable("webhook_http_hosts", "http://*:*");
    if let Some(database) = place.database {
        variable("database", "postgres");
        variable("postgres_host", &format!("postgres://{}", database.server().address()));
        // A command line is for everybody on the machine to see, and the address has a password.
        command.env("SPIN_VARIABLE_POSTGRES_URL", database.url());
    }
    command
}

fn twin(programs: &Programs, place: &Place<'_>) -> Result<Command> {
    let mut command = Command::new(programs.twin.as_ref().context("--twin is missing")?);
    command.args(["--listen", &place.listen.to_string()]);
    command.arg("--data").arg(place.data.path());
    if let Some(database) = place.database {
        command.env("POSTGRES_URL", database.url());
    }
    if let Some(dapr_url) = place.dapr_url {
        command.args(["--dapr-url", dapr_url]);
    }
    Ok(command)
}

fn fastapi(programs: &Programs, place: &Place<'_>) -> Result<Command> {
    let database = place.database.context("FastAPI runs on PostgreSQL only")?;
    let mut command = Command::new(programs.python.as_ref().context("--python is missing")?);
    command.current_dir(programs.fastapi.as_ref().context("--fastapi is missing")?);
    command
        .args(["-m", "uvicorn", "peer.main:app", "--workers", FASTAPI_WORKERS])
        .args(["--loop", "uvloop", "--http", "httptools"])
        .args(["--no-access-log", "--log-level", "warning"])
        .args(["--timeout-keep-alive", FASTAPI_KEEP_ALIVE])
        .args(["--host", &place.listen.ip().to_string()])
        .args(["--port", &place.listen.port().to_string()])
        // The checkout stays as it is.
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .env("DATABASE_URL", database.url().replace("postgres://", "postgresql+asyncpg://"))
        .env("DAPR_URL", place.dapr_url.unwrap_or_default())
        .env("JWT_SECRET", JWT_SECRET);
    Ok(command)
}
