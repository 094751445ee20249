//! Measures the app beside its native twin, in one run on one machine, and prints both.
//!
//! It must not link either of them: both are programs it starts and speaks HTTP to.
#![expect(clippy::print_stdout, reason = "the figures are for the terminal")]

mod client;
mod figures;
mod machine;
mod measure;
mod report;
mod scenario;
mod server;

use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Context, Result};
use clap::Parser;

use crate::report::Report;
use crate::server::{Publishing, Server, Side};

/// Measure list 20, create and create+publish on the app and on its native twin
#[derive(Parser)]
struct Arguments {
    /// The embedded host's program
    #[arg(long)]
    host: PathBuf,
    /// The twin's program
    #[arg(long)]
    twin: PathBuf,
    /// The app's manifest
    #[arg(long)]
    from: PathBuf,
    /// Folder of the Dapr resources that the embedded sidecar reads
    #[arg(long)]
    dapr_resources: PathBuf,
    #[arg(long)]
    dapr_app_id: String,
    /// Seconds of each measurement, after a warm-up
    #[arg(long, default_value_t = 10)]
    seconds: u64,
    /// Also write the report to this file, as Markdown
    #[arg(long)]
    write: Option<PathBuf>,
}

#[tokio::main]
async fn main() -> Result<()> {
    let arguments = Arguments::parse();
    let sides = [
        Side::App {
            host: arguments.host,
            manifest: arguments.from,
            dapr_resources: arguments.dapr_resources,
            dapr_app_id: arguments.dapr_app_id,
        },
        Side::Twin { program: arguments.twin },
    ];
    let span = Duration::from_secs(arguments.seconds);
    let mut report = Report::new(machine::describe(), span);
    for publishing in [Publishing::Off, Publishing::On] {
        for side in &sides {
            println!("Measuring {} with publishing {}.", side.name(), publishing.name());
            let mut server = Server::start(side, publishing).await?;
            let measured = scenario::run(&server, publishing, span).await;
            let figures = measured.with_context(|| server.log_tail())?;
            report.add(side.name(), figures);
            server.stop().await?;
        }
    }
    println!("\n{}", report.table());
    if let Some(file) = arguments.write {
        std::fs::write(&file, report.document())
            .with_context(|| format!("cannot write {}", file.display()))?;
        println!("Written to {}.", file.display());
    }
    Ok(())
}
