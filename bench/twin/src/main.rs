//! The yardstick: what the app's core costs as an ordinary native service, with the same rows and
//! the same durability.
//!
//! It must not share the app's code: only its tables are the app's own, so that both write the
//! same indexes.

mod clock;
mod event;
mod http;
mod publisher;
mod relay;
mod store;
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

use crate::publisher::Publisher;
use crate::relay::Relay;
use crate::store::Store;

/// Serve lists and creates of tasks, natively
#[derive(Parser)]
struct Arguments {
    #[arg(long, default_value = "127.0.0.1:0")]
    listen: SocketAddr,
    /// Folder of the SQLite database
    #[arg(long)]
    data: PathBuf,
    /// An empty PostgreSQL database to use instead
    #[arg(long, env = "POSTGRES_URL", hide_env_values = true)]
    postgres_url: Option<String>,
    /// Written with the bound address once the service answers
    #[arg(long)]
    ready_file: Option<PathBuf>,
    /// Publish committed events to this sidecar
    #[arg(long)]
    dapr_url: Option<String>,
}

#[tokio::main]
async fn main() -> Result<()> {
    let arguments = Arguments::parse();
    let store = match &arguments.postgres_url {
        Some(url) => Store::postgres(url).await?,
        None => {
            let folder = &arguments.data;
            fs::create_dir_all(folder)
                .with_context(|| format!("cannot make {}", folder.display()))?;
            Store::sqlite(&folder.join("tasks.db"))?
        }
    };
    let committed = Arc::new(Notify::new());
    if let Some(dapr_url) = arguments.dapr_url {
        let relay = Relay::new(store.clone(), Publisher::to(dapr_url));
        tokio::spawn(relay.run(Arc::clone(&committed)));
    }
    let listener = TcpListener::bind(arguments.listen)
        .await
        .with_context(|| format!("cannot listen on {}", arguments.listen))?;
    if let Some(file) = &arguments.ready_file {
        let address = listener.local_addr().context("the listener has no address")?;
        announce(file, address)?;
    }
    let service = http::service(store, committed);
    axum::serve(listener, service).await.context("the service ended")
}

/// Written aside and moved: whoever waits for the file must not read half an address.
fn announce(file: &std::path::Path, address: SocketAddr) -> Result<()> {
    let aside = file.with_extension("new");
    fs::write(&aside, address.to_string()).context("cannot write the ready file")?;
    fs::rename(&aside, file).context("cannot place the ready file")
}
