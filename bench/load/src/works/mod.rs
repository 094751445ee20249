//! The same works on all sides in one run on one machine, turn by turn, so that whatever else
//! happens on the machine happens to all of them.

mod report;
mod work;

use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use clap::Args;

use self::report::{Line, Report};
use self::work::Work;
use crate::figures::Measured;
use crate::measure::Asking as _;
use crate::script::Script;
use crate::setup::{DatabaseKind, Databases, Programs, Publishing, Server, Side};
use crate::{machine, measure, results};

/// Each work is measured in so many turns, in which the sides take their places.
const TURNS: u32 = 3;
/// Enough that a page of 20 is a choice among them.
const SEEDED_TASKS: usize = 100;
/// A create leaves a record on each of two topics.
const RECORDS_PER_CREATE: i64 = 2;

/// Measure the works on the app and on those it is compared with
#[derive(Args)]
pub(crate) struct Core {
    #[command(flatten)]
    programs: Programs,
    #[arg(long, value_enum, default_value_t = DatabaseKind::Sqlite)]
    database: DatabaseKind,
    /// Only this side; repeatable
    #[arg(long, value_enum)]
    only: Vec<Side>,
    /// Seconds of each measurement, over all turns
    #[arg(long, default_value_t = 12)]
    seconds: u64,
    /// Also write the report into this Markdown file
    #[arg(long)]
    write: Option<PathBuf>,
}

impl Core {
    #[tokio::main]
    pub(crate) async fn run(self) -> Result<()> {
        let databases = Databases::start(self.database);
        let span = Duration::from_secs(self.seconds);
        let mut report = Report::new(machine::describe(), self.database, span);
        for publishing in [Publishing::Off, Publishing::On] {
            let mut servers = Vec::new();
            for side in self.sides() {
                println!("Starting {} with publishing {}.", side.name(), publishing.name());
                let started =
                    Server::start(side, &self.programs, &databases, publishing, work::USERS);
                servers.push(started.await?);
            }
            if publishing == Publishing::Off {
                seed(&mut servers).await?;
            }
            for work in Work::with(publishing) {
                report.add(measure_work(&mut servers, work, span).await?);
            }
        }
        println!("\n{}", report.table());
        ensure!(!report.lost_any(), "events are missing that may not be; see above");
        match &self.write {
            Some(file) => results::write(
                file,
                &format!("Core on {}", self.database.name()),
                &report.section(),
            ),
            None => Ok(()),
        }
    }

    fn sides(&self) -> Vec<Side> {
        let of_database = Side::on(self.database).iter().copied();
        of_database.filter(|side| self.only.is_empty() || self.only.contains(side)).collect()
    }
}

/// Tasks for those connections that only look.
async fn seed(servers: &mut [Server]) -> Result<()> {
    for server in servers {
        let clients = &mut server.clients[..work::CONNECTIONS];
        let scripts = Script::for_all(work::CONNECTIONS, work::CREATING);
        let seeded = clients.iter_mut().zip(scripts).map(|(client, mut script)| async move {
            for _ in 0..SEEDED_TASKS {
                let answer = client.send(script.next()).await?;
                script.answered(&answer);
            }
            anyhow::Ok(())
        });
        futures::future::try_join_all(seeded).await.with_context(|| server.log_tail())?;
    }
    Ok(())
}

/// A line for each side that offers the work, and one more for what was published.
async fn measure_work(servers: &mut [Server], work: Work, span: Duration) -> Result<Vec<Line>> {
    let offering: Vec<&mut Server> =
        servers.iter_mut().filter(|server| work.is_offered_by(server.side)).collect();
    let mut lines: Vec<Line> = offering.iter().map(|server| Line::new(work, server.side)).collect();
    let mut offering = offering;
    for turn in 1..=TURNS {
        for (server, line) in offering.iter_mut().zip(&mut lines) {
            println!("{}, turn {turn} of {TURNS}: {}.", work.name(), server.side.name());
            let taken = take_turn(server, work, span / TURNS, line).await;
            let context = || format!("{}:\n{}", server.side.name(), server.log_tail());
            taken.with_context(context)?;
        }
    }
    Ok(lines)
}

async fn take_turn(server: &mut Server, work: Work, span: Duration, line: &mut Line) -> Result<()> {
    let connections = work.connections();
    let mut scripts = Script::for_all(connections, work.steps());
    let already = match work.publishing() {
        Publishing::Off => 0,
        Publishing::On | Publishing::Through(_) => server.published(),
    };
    let clients = &mut server.clients[..connections];
    let began = std::time::Instant::now();
    let processes = server.processes;
    let measured: Measured =
        measure::run(clients, &mut scripts, work.pace(), span, &processes).await?;
    let sent_for = began.elapsed();
    line.measured.add(measured);
    if work.publishing() == Publishing::On {
        let created: u64 = scripts.iter().map(|script| script.created).sum();
        let expected = work.only_creates().then(|| created as i64 * RECORDS_PER_CREATE);
        let settled = server.settle(expected.map(|expected| already + expected)).await?;
        line.published.add(report::Published {
            records: settled.published - already,
            missing: expected.map_or(0, |expected| already + expected - settled.published),
            elapsed: sent_for + settled.after,
            drain: settled.after,
        });
    }
    Ok(())
}
