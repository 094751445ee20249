//! The yardstick: what the app's core costs as an ordinary native service, with the same rows and
//! the same durability.
//!
//! It must not share the app's code: only its tables are the app's own, so that both write the
//! same indexes.

mod clock;
mod database;
mod event;
mod http;
mod log;
mod relay;
mod task;
mod token;

use std::fs;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;

use anyhow::{Context, Result};
use clap::Parser;
use tokio::net::TcpListener;
use tokio::sync::Notify;

use crate::database::Database;
use crate::log::Log;
use crate::relay::Relay;

/// Serve lists and creates of tasks, natively
#[derive(Parser)]
struct Arguments {
    #[arg(long, default_value = "127.0.0.1:0")]
    listen: SocketAddr,
    /// Folder of the databases
    #[arg(long)]
    data: PathBuf,
    /// Written with the bound address once the service answers
    #[arg(long)]
    ready_file: Option<PathBuf>,
    /// Publish committed events to a durable log
    #[arg(long)]
    publish: bool,
}

#[tokio::main]
async fn main() -> Result<()> {
    let arguments = Arguments::parse();
    let folder = &arguments.data;
    fs::create_dir_all(folder).with_context(|| format!("cannot make {}", folder.display()))?;
    let database = Arc::new(Database::open(&folder.join("tasks.db"))?);
    let committed = Arc::new(Notify::new());
    if arguments.publish {
        let log = Log::open(&folder.join("log.db"))?;
        let relay = Relay::new(Arc::clone(&database), log);
        tokio::spawn(relay.run(Arc::clone(&committed)));
    }
    let listener = TcpListener::bind(arguments.listen)
        .await
        .with_context(|| format!("cannot listen on {}", arguments.listen))?;
    if let Some(file) = &arguments.ready_file {
        let address = listener.local_addr().context("the listener has no address")?;
        announce(file, address)?;
    }
    let service = http::service(database, committed);
    axum::serve(listener, service).await.context("the service ended")
}

/// Written aside and moved: whoever waits for the file must not read half an address.
fn announce(file: &std::path::Path, address: SocketAddr) -> Result<()> {
    let aside = file.with_extension("new");
    fs::write(&aside, address.to_string()).context("cannot write the ready file")?;
    fs::rename(&aside, file).context("cannot place the ready file")
}
