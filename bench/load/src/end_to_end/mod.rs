//! Events from end to end at a steady rate: recurring tasks are created and completed by the clock,
//! and afterwards everything is counted that should have come of it.

mod outcome;
mod reminders;

use std::fmt::Write as _;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use clap::Args;

use self::outcome::Outcome;
use self::reminders::Rung;
use crate::figures::{self, Measured};
use crate::measure::Pace;
use crate::script::{EVENTS_PER_RECURRING, RECURRING, Script};
use crate::setup::{Broker, DatabaseKind, Databases, Programs, Publishing, Server, Settled, Side};
use crate::table::{ms, share};
use crate::{machine, measure, results};

/// People at the same time.
const USERS: usize = 100;

/// Create and complete recurring tasks at a steady rate of events
#[derive(Args)]
pub(crate) struct EndToEnd {
    #[command(flatten)]
    programs: Programs,
    #[arg(long, value_enum, default_value_t = DatabaseKind::Sqlite)]
    database: DatabaseKind,
    /// What carries the events; a broker has Dapr's own sidecar before it
    #[arg(long, value_enum, default_value_t = Broker::Embedded)]
    broker: Broker,
    /// Events a second: two creates and a completion with its next occurrence are four
    #[arg(long, default_value_t = 1_000)]
    rate: u32,
    #[arg(long, default_value_t = 120)]
    seconds: u64,
    /// Also write the report into this Markdown file
    #[arg(long)]
    write: Option<PathBuf>,
}

/// All that the run gave.
struct Run {
    measured: Measured,
    settled: Settled,
    /// From the first request until the last record.
    elapsed: Duration,
    outcome: Outcome,
    rung: Rung,
}

impl EndToEnd {
    #[tokio::main]
    pub(crate) async fn run(self) -> Result<()> {
        let databases = Databases::start(self.database);
        let publishing = self.broker.kind().map_or(Publishing::On, Publishing::Through);
        let started = Server::start(Side::App, &self.programs, &databases, publishing, USERS);
        let mut server = started.await?;
        let carried_by = server.carried_by().unwrap_or_else(|| self.broker.name().to_owned());
        println!("{} events a second for {} s.", self.rate, self.seconds);
        let run = self.measure(&mut server).await.with_context(|| server.log_tail())?;
        let table = self.table(&run);
        println!("\n{table}");
        if let Some(file) = &self.write {
            results::write(file, &self.heading(), &self.section(&table, &carried_by))?;
        }
        ensure!(run.outcome.is_whole(), "events or occurrences are missing or too many");
        ensure!(run.rung.is_whole(), "reminders are missing or came twice");
        Ok(())
    }

    async fn measure(&self, server: &mut Server) -> Result<Run> {
        let requests_per_second = self.rate * RECURRING.len() as u32 / EVENTS_PER_RECURRING;
        let mut scripts = Script::for_all(USERS, &RECURRING);
        let began = Instant::now();
        let pace = Pace::PerSecond(requests_per_second);
        let span = Duration::from_secs(self.seconds);
        let processes = server.processes;
        let measured =
            measure::run(&mut server.clients, &mut scripts, pace, span, &processes).await?;
        let sent_for = began.elapsed();
        println!("Waiting until nothing comes any more.");
        let settled = server.settle(None).await?;
        let completions = scripts.iter().map(|script| script.completed).sum();
        let outcome = Outcome::read(server, completions).await?;
        println!("Setting reminders.");
        let rung = reminders::ring(&mut server.clients).await?;
        Ok(Run { measured, settled, elapsed: sent_for + settled.after, outcome, rung })
    }

    fn heading(&self) -> String {
        let database = self.database.name();
        match self.broker.kind() {
            None => format!("End to end on {database}"),
            Some(_) => format!("End to end on {database} through {}", self.broker.name()),
        }
    }

    fn table(&self, run: &Run) -> String {
        let Run { measured, settled, elapsed, outcome, rung } = run;
        let mut text = String::from("| end to end | |\n|---|--:|\n");
        let mut row = |name: &str, value: String| {
            // Writing to a String cannot fail.
            let _ = writeln!(text, "| {name} | {value} |");
        };
        let reached = outcome.events as f64 / elapsed.as_secs_f64();
        let requests = &measured.latencies;
        let next = &outcome.until_next;
        row("events per second, asked for", self.rate.to_string());
        row("events per second, until the last one was published", format!("{reached:.0}"));
        row("events", outcome.events.to_string());
        row("events lost", outcome.events_lost.to_string());
        row("events published more than once, under one id", outcome.repeated.to_string());
        row("completions", outcome.completions.to_string());
        row("next occurrences missing", outcome.missing.to_string());
        row("next occurrences too many", outcome.surplus.to_string());
        row("request p50 ms", ms(requests.percentile(50)));
        row("request p99 ms", ms(requests.percentile(99)));
        row("completion → next occurrence p50 ms", ms(next.percentile(50)));
        row("completion → next occurrence p99 ms", ms(next.percentile(99)));
        row("completion → next occurrence max ms", ms(next.percentile(100)));
        row("last request → last record ms", ms(settled.after));
        row("reminders", rung.set.to_string());
        row("reminders missing", rung.missing.to_string());
        row("reminders told more than once", rung.repeated.to_string());
        row("reminder due → webhook p50 ms", ms(rung.late.percentile(50)));
        row("reminder due → webhook p99 ms", ms(rung.late.percentile(99)));
        row("reminder due → webhook max ms", ms(rung.late.percentile(100)));
        let usage = &measured.usage;
        let cores = |time: Duration| share(usage.cores(time));
        row("cores busy: server", cores(usage.parts.server));
        row("cores busy: sidecar", cores(usage.parts.sidecar));
        if self.broker.kind().is_some() {
            row("cores busy: broker", cores(usage.parts.broker));
        }
        row("cores busy: database", cores(usage.parts.database));
        row("cores busy: load generator", cores(usage.parts.load));
        row("cores idle for the disk", cores(usage.waiting_for_disk));
        row("binds", figures::binds(usage, true).to_owned());
        text
    }

    fn section(&self, table: &str, carried_by: &str) -> String {
        format!(
            "`cargo xtask bench end-to-end --database {} --broker {} --rate {} --seconds {} \
             --write` on {}.\n{USERS} users; events carried by {carried_by}; all of it and the \
             load generator share the machine.\n\n{table}\n{NOTES}",
            self.database.flag(),
            self.broker.flag(),
            self.rate,
            self.seconds,
            machine::describe(),
        )
    }
}

const NOTES: &str = "\
Requests come by the clock, whatever became of those before them: two creates of recurring tasks,
then the completion of one, from which the app makes the next occurrence. A request's latency counts
from the instant at which it was due. \"completion → next occurrence\" lies between the instants
that the two tasks bear, over all completions. What was published is read where it lies: in the
embedded sidecar's log, or on the broker's topics by the broker's own tools. Behind a broker the
last record is that of the app's own count, and \"sidecar\" is daprd with its scheduler.

When nothing else is left to do, every user sets two reminders, which fall due one after the other,
20 a second. \"reminder due → webhook\" lies between a reminder's instant and the arrival of its
message.
";
