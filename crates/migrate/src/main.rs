//! The program around `migrate`: arguments in, an exit code out.

use anyhow::Result;
use clap::Parser;
use migrate::Migrate;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<()> {
    tracing_subscriber::fmt().with_writer(std::io::stderr).init();
    Migrate::parse().run().await
}
