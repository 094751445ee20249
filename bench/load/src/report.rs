//! The figures side by side, for the terminal and for the repository.

use std::fmt::Write as _;
use std::time::Duration;

use crate::figures::Figures;
use crate::scenario::{self, CONNECTIONS};

const COMMAND: &str = "cargo xtask bench core --write";

pub(crate) struct Report {
    machine: String,
    span: Duration,
    lines: Vec<(&'static str, Figures)>,
}

impl Report {
    pub(crate) fn new(machine: String, span: Duration) -> Self {
        Report { machine, span, lines: Vec::new() }
    }

    pub(crate) fn add(&mut self, side: &'static str, figures: Vec<Figures>) {
        self.lines.extend(figures.into_iter().map(|figures| (side, figures)));
    }

    pub(crate) fn table(&self) -> String {
        let mut text = String::from(
            "| work | side | per second | p50 ms | p99 ms | max ms | RSS MiB | app / twin |\n\
             |---|---|--:|--:|--:|--:|--:|--:|\n",
        );
        let works =
            [scenario::LIST, scenario::CREATE, scenario::CREATE_AND_PUBLISH, scenario::PUBLISHED];
        for work in works {
            for (side, figures) in self.lines.iter().filter(|(_, line)| line.work == work) {
                let ratio = match *side {
                    "app" => self.ratio(work).map(|ratio| format!("{ratio:.2}")),
                    _ => None,
                };
                let rss = figures.rss_mib.map_or("–".to_owned(), |mib| mib.to_string());
                // Writing to a String cannot fail.
                let _ = writeln!(
                    text,
                    "| {work} | {side} | {:.0} | {} | {} | {} | {rss} | {} |",
                    figures.per_second,
                    ms(figures.p50),
                    ms(figures.p99),
                    ms(figures.max),
                    ratio.unwrap_or_default(),
                );
            }
        }
        text
    }

    pub(crate) fn section(&self) -> String {
        let Report { machine, span, .. } = self;
        format!(
            "`{COMMAND}` on {machine}.\n\
             {CONNECTIONS} keep-alive connections, each of its own user, in a closed loop; {} s each \
             after a warm-up.\n\
             Server, twin and load generator share the machine.\n\n{}\n{NOTES}",
            span.as_secs(),
            self.table(),
        )
    }

    fn ratio(&self, work: &str) -> Option<f64> {
        let of = |wanted: &str| {
            let mut lines = self.lines.iter();
            let found = lines.find(|(side, figures)| *side == wanted && figures.work == work);
            found.map(|(_, figures)| figures.per_second)
        };
        Some(of("app")? / of("twin")?)
    }
}

fn ms(duration: Duration) -> String {
    format!("{:.1}", duration.as_secs_f64() * 1_000.0)
}

const NOTES: &str = "\
- **app**: the wasm components in the embedded host, SQLite, a new instance for every request.
- **twin**: axum and rusqlite, the same rows and the same durability (WAL, `synchronous=FULL`), one
  transaction for every create.
- **create**: `POST /api/me/tasks` while no sidecar answers, so events stay in the outbox; the twin
  does not publish either.
- **create+publish**: the same while committed events are published to both topics, to a log that is
  synchronised to disk before it acknowledges; the app's sidecar also delivers them to its
  subscribers, the twin has none.
- **published until drained**: events per second and topic from the first create until the outbox
  is empty; the times are what it took to drain after the last create.
";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ratio_stands_with_the_app() {
        let figures = |per_second| Figures {
            work: scenario::CREATE,
            per_second,
            p50: Duration::from_millis(2),
            p99: Duration::from_micros(10_250),
            max: Duration::from_millis(30),
            rss_mib: Some(80),
        };
        let mut report = Report::new("a machine".into(), Duration::from_secs(1));
        report.add("app", vec![figures(1_000.0)]);
        report.add("twin", vec![figures(1_600.0)]);
        let table = report.table();
        let rows: Vec<&str> = table.lines().skip(2).collect();
        assert_eq!(
            rows,
            [
                "| create | app | 1000 | 2.0 | 10.2 | 30.0 | 80 | 0.62 |",
                "| create | twin | 1600 | 2.0 | 10.2 | 30.0 | 80 |  |",
            ]
        );
    }
}
