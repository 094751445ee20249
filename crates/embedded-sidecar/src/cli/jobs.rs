//! `jobs`: what is scheduled, earliest first. Reads the store beside a running sidecar.

use std::io::{BufWriter, Write};
use std::path::PathBuf;

use anyhow::Context as _;
use chrono::{DateTime, SecondsFormat};
use embedded_sidecar::{JobInspector, ScheduledJob};
use serde_json::{Value, json};

use super::is_broken_pipe;

#[derive(Debug, clap::Args)]
pub(crate) struct JobsFlags {
    /// The data directory of the sidecar
    #[arg(long, default_value = ".taskmaster/sidecar")]
    data_dir: PathBuf,
    /// One JSON object per line
    #[arg(long)]
    json: bool,
}

pub(super) fn print(flags: &JobsFlags) -> anyhow::Result<()> {
    let mut out = BufWriter::new(std::io::stdout().lock());
    match print_to(&mut out, flags) {
        // Whoever read along has seen enough, e.g. `| head`.
        Err(error) if is_broken_pipe(&error) => Ok(()),
        outcome => outcome,
    }
}

fn print_to(out: &mut impl Write, flags: &JobsFlags) -> anyhow::Result<()> {
    let Some(mut inspector) = JobInspector::open(&flags.data_dir)? else {
        anyhow::bail!("there is no job store in {}", flags.data_dir.display());
    };
    loop {
        let page = inspector.next_page()?;
        for job in &page {
            write_job(out, job, flags.json)?;
        }
        out.flush()?;
        if page.is_empty() {
            return Ok(());
        }
    }
}

fn write_job(out: &mut impl Write, job: &ScheduledJob, as_json: bool) -> anyhow::Result<()> {
    let due_at = DateTime::from_timestamp_millis(job.due_at_ms)
        .context("a job's time is out of range")?
        .to_rfc3339_opts(SecondsFormat::Millis, true);
    let ScheduledJob { name, stated, ticks_done, failures, .. } = job;
    if as_json {
        let stated: Value = serde_json::from_str(stated).context("a job cannot be read")?;
        let line = json!({
            "name": name,
            "due_at": due_at,
            "ticks_done": ticks_done,
            "failures": failures,
            "job": stated,
        });
        writeln!(out, "{line}")?;
    } else {
        writeln!(out, "{due_at} {name} ticks={ticks_done} failures={failures} {stated}")?;
    }
    Ok(())
}
