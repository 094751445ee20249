//! The figures side by side, for the terminal and for the repository.

use std::fmt::Write as _;
use std::time::Duration;

use super::TURNS;
use super::work::{CONNECTIONS, Work};
use crate::figures::{self, Measured};
use crate::measure::Pace;
use crate::setup::{DatabaseKind, Publishing, Side};
use crate::table::{ms, share};

pub(crate) struct Report {
    machine: String,
    database: DatabaseKind,
    span: Duration,
    lines: Vec<Line>,
}

/// One work on one side.
pub(crate) struct Line {
    work: Work,
    side: Side,
    pub(crate) measured: Measured,
    pub(crate) published: Published,
}

/// What came of the events of all turns.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Published {
    pub(crate) records: i64,
    /// Of those that were due.
    pub(crate) missing: i64,
    /// From the first request until the last record.
    pub(crate) elapsed: Duration,
    /// From the last request until the last record, in the longest turn.
    pub(crate) drain: Duration,
}

impl Line {
    pub(crate) fn new(work: Work, side: Side) -> Self {
        Line { work, side, measured: Measured::default(), published: Published::default() }
    }
}

impl Published {
    pub(crate) fn add(&mut self, turn: Published) {
        self.records += turn.records;
        self.missing += turn.missing;
        self.elapsed += turn.elapsed;
        self.drain = self.drain.max(turn.drain);
    }

    fn per_second(&self) -> f64 {
        self.records as f64 / self.elapsed.as_secs_f64().max(f64::EPSILON)
    }
}

impl Report {
    pub(crate) fn new(machine: String, database: DatabaseKind, span: Duration) -> Self {
        Report { machine, database, span, lines: Vec::new() }
    }

    pub(crate) fn add(&mut self, lines: Vec<Line>) {
        self.lines.extend(lines);
    }

    /// Whether events are missing of a side that promises not to lose any.
    pub(crate) fn lost_any(&self) -> bool {
        let promising = self.lines.iter().filter(|line| line.side != Side::Fastapi);
        promising.into_iter().any(|line| line.published.missing != 0)
    }

    /// All tables, for the terminal.
    pub(crate) fn table(&self) -> String {
        let tables = [self.works(), self.publishing(), self.resources(), self.publish_adds()];
        tables.join("\n")
    }

    /// The section of the file of results.
    pub(crate) fn section(&self) -> String {
        format!(
            "`cargo xtask bench core --database {} --write` on {}.\n\
             {CONNECTIONS} keep-alive connections, or 100 where it says so, each of its own user; \
             {} s for each work and side, in {TURNS} turns.\n\
             Servers, sidecars, database and load generator share the machine.\n\n{}\n{NOTES}",
            self.database.flag(),
            self.machine,
            self.span.as_secs(),
            self.table(),
        )
    }

    fn works(&self) -> String {
        let mut text = String::from(
            "| work | side | per second | p50 ms | p99 ms | max ms | RSS MiB | app / twin | \
             app / FastAPI |\n|---|---|--:|--:|--:|--:|--:|--:|--:|\n",
        );
        for line in &self.lines {
            let Line { work, side, measured, .. } = line;
            let ratio = |other: Side| match side {
                Side::App => self.ratio(*work, other, |line| line.measured.per_second()),
                Side::Twin | Side::Fastapi => String::new(),
            };
            // Writing to a String cannot fail.
            let _ = writeln!(
                text,
                "| {} | {} | {:.0} | {} | {} | {} | {} | {} | {} |",
                work.name(),
                side.name(),
                measured.per_second(),
                ms(measured.latencies.percentile(50)),
                ms(measured.latencies.percentile(99)),
                ms(measured.latencies.percentile(100)),
                measured.rss_mib,
                ratio(Side::Twin),
                ratio(Side::Fastapi),
            );
        }
        text
    }

    fn publishing(&self) -> String {
        let mut text = String::from(
            "| published until drained | side | records per second | drain ms | missing | \
             app / twin | app / FastAPI |\n|---|---|--:|--:|--:|--:|--:|\n",
        );
        let published = self.lines.iter().filter(|line| line.work.publishing() == Publishing::On);
        for line in published.filter(|line| line.work.only_creates()) {
            let ratio = |other: Side| match line.side {
                Side::App => self.ratio(line.work, other, |line| line.published.per_second()),
                Side::Twin | Side::Fastapi => String::new(),
            };
            let _ = writeln!(
                text,
                "| {} | {} | {:.0} | {} | {} | {} | {} |",
                line.work.name(),
                line.side.name(),
                line.published.per_second(),
                ms(line.published.drain),
                line.published.missing,
                ratio(Side::Twin),
                ratio(Side::Fastapi),
            );
        }
        text
    }

    fn resources(&self) -> String {
        let mut text = String::from(
            "| cores busy | side | server | sidecar | database | load | idle for the disk | \
             binds |\n|---|---|--:|--:|--:|--:|--:|---|\n",
        );
        for Line { work, side, measured, .. } in &self.lines {
            let usage = &measured.usage;
            let cores = |time: Duration| share(usage.cores(time));
            let is_paced = work.pace() != Pace::AsFastAsAnswered;
            let _ = writeln!(
                text,
                "| {} | {} | {} | {} | {} | {} | {} | {} |",
                work.name(),
                side.name(),
                cores(usage.parts.server),
                cores(usage.parts.sidecar),
                cores(usage.parts.database),
                cores(usage.parts.load),
                cores(usage.waiting_for_disk),
                figures::binds(usage, is_paced),
            );
        }
        text
    }

    /// What publishing costs the one who waits for the create.
    fn publish_adds(&self) -> String {
        let mut text = String::from("| publish adds | p50 ms | p99 ms |\n|---|--:|--:|\n");
        for side in Side::on(self.database) {
            let of = |work: Work| self.line(work, *side).map(|line| &line.measured.latencies);
            let [without, with] = [Work::UnhurriedCreate, Work::UnhurriedCreateAndPublish].map(of);
            let (Some(without), Some(with)) = (without, with) else { continue };
            let added = |percent: usize| {
                let [with, without] =
                    [with, without].map(|of| of.percentile(percent).as_secs_f64());
                format!("{:+.1}", (with - without) * 1_000.0)
            };
            let _ = writeln!(text, "| {} | {} | {} |", side.name(), added(50), added(99));
        }
        text
    }

    fn ratio(&self, work: Work, other: Side, rate: impl Fn(&Line) -> f64) -> String {
        let of = |side: Side| self.line(work, side).map(&rate);
        match (of(Side::App), of(other)) {
            (Some(app), Some(other)) => format!("{:.2}", app / other),
            _ => String::new(),
        }
    }

    fn line(&self, work: Work, side: Side) -> Option<&Line> {
        self.lines.iter().find(|line| line.work == work && line.side == side)
    }
}

const NOTES: &str = "\
- **app**: the wasm components in the embedded host, a new instance for every request.
- **twin**: axum on rusqlite or tokio-postgres, the same rows and the same durability, one
  transaction with prepared statements for every create; it lists and creates, and no more.
- **FastAPI**: SQLAlchemy 2 and asyncpg under uvicorn with uvloop and two workers; one row for every
  create, and events that are sent after the response, each by itself, and forgotten.
- **create**: `POST /api/me/tasks` while no sidecar answers: the app's and the twin's events stay in
  the outbox.
- **create+publish**: the same while each event goes to two topics of a sidecar in a process of its
  own, the same program for all, which answers when it is on disk. It also delivers the app's events
  to the app; the others have no subscribers.
- **mixed**: of ten requests five list 20, two read, one creates, one changes and one completes a
  recurring task, which makes the app create the next; FastAPI leaves that out.
- **200/s**: requests by the clock, far from the knee, where a latency is the work's own; the others
  send as soon as they are answered.
- **missing**: records that never came.
- **binds**: the processor when less than an eighth of it was idle; the disk when nothing else was
  to do while it synchronised; the pace where requests came by the clock. \"idle for the disk\" is
  time in which a core had nothing else to do.
";

#[cfg(test)]
mod tests {
    use super::*;
    use crate::figures::Latencies;

    fn line(work: Work, side: Side, latencies_ms: &[u32]) -> Line {
        let latencies_us = latencies_ms.iter().map(|ms| ms * 1_000).collect();
        let mut line = Line::new(work, side);
        line.measured.latencies = Latencies::of(latencies_us);
        line.measured.elapsed = Duration::from_secs(1);
        line
    }

    fn report(lines: Vec<Line>) -> Report {
        let mut report =
            Report::new("a machine".into(), DatabaseKind::Postgres, Duration::from_secs(1));
        report.add(lines);
        report
    }

    fn rows(table: &str) -> Vec<&str> {
        table.lines().skip(2).collect()
    }

    #[test]
    fn the_ratios_stand_with_the_app() {
        let report = report(vec![
            line(Work::Create, Side::App, &[2, 4, 4]),
            line(Work::Create, Side::Twin, &[1, 1, 1, 1]),
            line(Work::Create, Side::Fastapi, &[9, 9]),
        ]);
        assert_eq!(
            rows(&report.works()),
            [
                "| create | app | 3 | 4.0 | 4.0 | 4.0 | 0 | 0.75 | 1.50 |",
                "| create | twin | 4 | 1.0 | 1.0 | 1.0 | 0 |  |  |",
                "| create | FastAPI | 2 | 9.0 | 9.0 | 9.0 | 0 |  |  |",
            ]
        );
    }

    #[test]
    fn what_publishing_adds_is_the_difference_of_the_percentiles() {
        let report = report(vec![
            line(Work::UnhurriedCreate, Side::App, &[2, 4]),
            line(Work::UnhurriedCreateAndPublish, Side::App, &[3, 9]),
            line(Work::UnhurriedCreate, Side::Twin, &[2]),
        ]);
        assert_eq!(rows(&report.publish_adds()), ["| app | +1.0 | +5.0 |"]);
    }

    #[test]
    fn the_section_says_how_and_where_it_was_measured() {
        let section = report(Vec::new()).section();
        assert!(section.contains("--database postgres --write` on a machine."), "{section}");
    }
}
