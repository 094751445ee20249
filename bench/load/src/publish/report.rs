//! The figures of publishing as tables, and what they mean.

use std::fmt::Write as _;
use std::time::Duration;

use super::events::{EVENT_BYTES, Form};
use super::{SPAN, Way};
use crate::figures::{self, Measured};
use crate::setup::{Broker, Counted};
use crate::table::{ms, share};

pub(super) struct Report {
    machine: String,
    broker: Broker,
    rate: u32,
    seconds: u64,
    /// What the broker and its sidecar say they are.
    pub(super) carried_by: Option<String>,
    lines: Vec<Line>,
    pub(super) steady: Vec<Steady>,
}

/// One way as fast as it is answered.
struct Line {
    broker: Broker,
    way: Way,
    measured: Measured,
}

/// One way at a rate, with what it left.
pub(super) struct Steady {
    pub(super) way: Way,
    pub(super) measured: Measured,
    pub(super) acknowledged: i64,
    pub(super) counted: Counted,
}

impl Line {
    fn events_per_second(&self) -> f64 {
        self.measured.per_second() * self.way.form.events() as f64
    }
}

impl Steady {
    fn lost(&self) -> i64 {
        self.acknowledged - self.counted.events
    }

    fn repeated(&self) -> i64 {
        self.counted.records - self.counted.events
    }

    pub(super) fn is_whole(&self) -> bool {
        self.lost() == 0 && self.repeated() == 0
    }
}

impl Report {
    pub(super) fn new(machine: String, broker: Broker, rate: u32, seconds: u64) -> Self {
        let (lines, steady) = (Vec::new(), Vec::new());
        Report { machine, broker, rate, seconds, carried_by: None, lines, steady }
    }

    pub(super) fn add(&mut self, broker: Broker, way: Way, measured: Measured) {
        self.lines.push(Line { broker, way, measured });
    }

    pub(super) fn heading(&self) -> String {
        format!("Publishing to {}", self.broker.name())
    }

    pub(super) fn table(&self) -> String {
        [self.as_fast_as_answered(), self.at_a_rate()].join("\n")
    }

    pub(super) fn section(&self) -> String {
        let carried_by = self.carried_by.as_deref().unwrap_or(self.broker.name());
        format!(
            "`cargo xtask bench publish --broker {} --rate {} --seconds {} --write` on {}.\n\
             Events of {EVENT_BYTES} bytes to {carried_by}, without the app, each way for {} s \
             after a warm-up; all of it and the load generator share the machine.\n\n{}\n{NOTES}",
            self.broker.flag(),
            self.rate,
            self.seconds,
            self.machine,
            SPAN.as_secs(),
            self.table(),
        )
    }

    fn as_fast_as_answered(&self) -> String {
        let mut text = String::from(
            "| as fast as answered | to | events per second | over plain | request p50 ms | \
             request p99 ms | cores busy: sidecar | broker | load generator | binds |\n\
             |---|---|--:|--:|--:|--:|--:|--:|--:|---|\n",
        );
        for line in &self.lines {
            let Measured { latencies, usage, .. } = &line.measured;
            let cores = |time: Duration| share(usage.cores(time));
            // Writing to a String cannot fail.
            let _ = writeln!(
                text,
                "| {} | {} | {:.0} | {} | {} | {} | {} | {} | {} | {} |",
                line.way.describe(),
                line.broker.name(),
                line.events_per_second(),
                self.over_plain(line),
                ms(latencies.percentile(50)),
                ms(latencies.percentile(99)),
                cores(usage.parts.sidecar),
                cores(usage.parts.broker),
                cores(usage.parts.load),
                figures::binds(usage, false),
            );
        }
        text
    }

    fn over_plain(&self, line: &Line) -> String {
        let is_its = |other: &&Line| other.broker == line.broker && other.way.form == Form::Plain;
        match self.lines.iter().find(is_its) {
            Some(plain) if line.way.form == Form::Bulk => {
                format!("{:.1}", line.events_per_second() / plain.events_per_second())
            }
            _ => String::new(),
        }
    }

    fn at_a_rate(&self) -> String {
        let mut text = format!(
            "| {} a second for {} s, to {} | events per second | acknowledged | on the topic | \
             lost | more than once | request p50 ms | request p99 ms | cores busy: sidecar | \
             broker | load generator |\n|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|\n",
            self.rate,
            self.seconds,
            self.broker.name(),
        );
        for steady in &self.steady {
            let Measured { latencies, usage, .. } = &steady.measured;
            let cores = |time: Duration| share(usage.cores(time));
            let per_second = steady.measured.per_second() * steady.way.form.events() as f64;
            let _ = writeln!(
                text,
                "| {} | {per_second:.0} | {} | {} | {} | {} | {} | {} | {} | {} | {} |",
                steady.way.describe(),
                steady.acknowledged,
                steady.counted.records,
                steady.lost(),
                steady.repeated(),
                ms(latencies.percentile(50)),
                ms(latencies.percentile(99)),
                cores(usage.parts.sidecar),
                cores(usage.parts.broker),
                cores(usage.parts.load),
            );
        }
        text
    }
}

const NOTES: &str = "\
- **plain**: `POST /v1.0/publish/…` with one event of the type `application/cloudevents+json`, a
  request for each event on every connection.
- **bulk**: `POST /v1.0/publish/bulk/…` with many of them, as the app's relay sends what waits; a
  request's latency is that of all of its events.
- **the embedded sidecar** answers when the events are on disk; Kafka, one node here, when its
  replicas have them, which it writes to disk later.
- Each connection has a partition key of its own. Nobody subscribes, so nothing is delivered.
- At a rate, a request counts from the instant at which it was due. **acknowledged** and **on the
  topic** include the warm-up; what is there is read by the broker's own tools.
- **sidecar** is daprd with its scheduler. **binds**: the processor when less than an eighth of it
  was idle, else the turns of waiting for one answer after the other, or the disk.
";

#[cfg(test)]
mod tests {
    use super::super::events::BULK;
    use super::*;

    fn steady(acknowledged: i64, records: i64, events: i64) -> Steady {
        Steady {
            way: Way { form: Form::Bulk, connections: 1 },
            measured: Measured::default(),
            acknowledged,
            counted: Counted { records, events },
        }
    }

    #[test]
    fn what_is_lost_and_what_came_twice_do_not_make_up_for_each_other() {
        assert!(steady(100, 100, 100).is_whole());
        let both = steady(100, 100, 99);
        assert_eq!((both.lost(), both.repeated(), both.is_whole()), (1, 1, false));
    }

    #[test]
    fn a_bulk_is_compared_by_its_events() {
        let mut report = Report::new(String::new(), Broker::Kafka, 1_000, 1);
        let measured = || Measured { elapsed: Duration::from_secs(1), ..one_request() };
        report.add(Broker::Kafka, Way { form: Form::Plain, connections: 1 }, measured());
        report.add(Broker::Kafka, Way { form: Form::Bulk, connections: 1 }, measured());
        assert_eq!(report.over_plain(&report.lines[0]), "");
        assert_eq!(report.over_plain(&report.lines[1]), format!("{BULK}.0"));
    }

    fn one_request() -> Measured {
        Measured { latencies: figures::Latencies::of(vec![1]), ..Measured::default() }
    }
}
