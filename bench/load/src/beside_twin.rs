//! The app beside its native twin, in one run on one machine.

use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Context, Result};
use clap::Args;

use crate::report::Report;
use crate::server::{Publishing, Server, Side};
use crate::{machine, results, scenario};

/// Measure list 20, create and create+publish on the app and on its native twin
#[derive(Args)]
pub(crate) struct Core {
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
    /// Also write the report into this Markdown file
    #[arg(long)]
    write: Option<PathBuf>,
}

impl Core {
    #[tokio::main]
    pub(crate) async fn run(self) -> Result<()> {
        let sides = [
            Side::App {
                host: self.host,
                manifest: self.from,
                dapr_resources: self.dapr_resources,
                dapr_app_id: self.dapr_app_id,
            },
            Side::Twin { program: self.twin },
        ];
        let span = Duration::from_secs(self.seconds);
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
        match &self.write {
            Some(file) => results::write(file, "Core", &report.section()),
            None => Ok(()),
        }
    }
}
