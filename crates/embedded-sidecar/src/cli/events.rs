//! `events`: a console consumer. Reads the log beside a running sidecar and consumes nothing.

use std::io::{BufWriter, Write};
use std::path::PathBuf;
use std::time::Duration;

use anyhow::Context as _;
use chrono::{DateTime, SecondsFormat};
use embedded_sidecar::{Inspector, TopicRecord};
use serde_json::{Value, json};

use super::is_broken_pipe;

/// How often a followed log is looked at: soon enough for a person watching.
const FOLLOW_INTERVAL: Duration = Duration::from_millis(200);

#[derive(Debug, clap::Args)]
pub(crate) struct EventsFlags {
    /// The data directory of the sidecar
    #[arg(long, default_value = ".taskmaster/sidecar")]
    data_dir: PathBuf,
    /// Only this topic
    #[arg(long)]
    topic: Option<String>,
    /// Keep printing what comes
    #[arg(long)]
    follow: bool,
    /// One JSON object per line
    #[arg(long)]
    json: bool,
}

pub(super) fn print(flags: &EventsFlags) -> anyhow::Result<()> {
    let mut out = BufWriter::new(std::io::stdout().lock());
    match print_to(&mut out, flags) {
        // Whoever read along has seen enough, e.g. `| head`.
        Err(error) if is_broken_pipe(&error) => Ok(()),
        outcome => outcome,
    }
}

fn print_to(out: &mut impl Write, flags: &EventsFlags) -> anyhow::Result<()> {
    let mut inspector = loop {
        match Inspector::open(&flags.data_dir, flags.topic.as_deref())? {
            Some(inspector) => break inspector,
            None if flags.follow => std::thread::sleep(FOLLOW_INTERVAL),
            None => anyhow::bail!("there is no event log in {}", flags.data_dir.display()),
        }
    };
    loop {
        let page = inspector.next_page()?;
        for record in &page {
            write_record(out, record, flags.json)?;
        }
        out.flush()?;
        match (page.is_empty(), flags.follow) {
            (false, _) => {}
            (true, true) => std::thread::sleep(FOLLOW_INTERVAL),
            (true, false) => return Ok(()),
        }
    }
}

fn write_record(out: &mut impl Write, at: &TopicRecord, as_json: bool) -> anyhow::Result<()> {
    let TopicRecord { topic, record } = at;
    let time = DateTime::from_timestamp_millis(record.published_at_ms)
        .context("a record's time is out of range")?
        .to_rfc3339_opts(SecondsFormat::Millis, true);
    let payload = String::from_utf8_lossy(&record.payload);
    if as_json {
        // A raw payload need not be JSON; it is shown as text then.
        let event = serde_json::from_str::<Value>(&payload)
            .unwrap_or_else(|_| Value::String(payload.into_owned()));
        let line = json!({
            "pubsub": topic.pubsub,
            "topic": topic.topic,
            "partition": record.partition,
            "offset": record.offset,
            "key": record.key,
            "time": time,
            "event": event,
        });
        writeln!(out, "{line}")?;
    } else {
        let key = record.key.as_deref().unwrap_or("-");
        let (partition, offset) = (record.partition, record.offset);
        writeln!(out, "{time} {} {partition}/{offset} key={key} {payload}", topic.topic)?;
    }
    Ok(())
}
