//! The turns of a run: everything once, and what has another database, another broker or another
//! Dapr to run with once more for each. What came of each turn is a line of a table.

use std::time::{Duration, Instant};
use std::{env, fmt};

use anyhow::{Context, Result};
use real_engines::{DaprVersion, Kafka, RabbitMq, Redis};

use super::engines;
use super::tally::Tally;

/// The suite whose apps keep their rows where `DATABASE` says, and whose events are carried by what
/// `BROKER` says: in SQLite and by the embedded sidecar when they say nothing.
pub(super) const ON_EVERYTHING: &str = "e2e";
/// The suites of the package that tries what happens to machines behind Dapr, on each broker.
const MATRIX: &str = "matrix";
const SUBSCRIPTIONS: &str = "subscriptions";

const DATABASE: &str = "TASKMASTER_TEST_DATABASE";
const BROKER: &str = "TASKMASTER_TEST_BROKER";
const DAPR: &str = "TASKMASTER_TEST_DAPR";
/// Into how many processes the app is shared out.
const APPS: &str = "TASKMASTER_TEST_APPS";
/// How much of the matrix is played.
const SELECTION: &str = "TASKMASTER_TEST_MATRIX";
const SHORT: &str = "short";

const POSTGRES: &str = "postgres";
/// The broker that starts at once.
const QUICKEST_BROKER: &str = Redis::NAME;
const BROKERS: [&str; 3] = [Kafka::NAME, Redis::NAME, RabbitMq::NAME];
const DATABASES: [&str; 2] = ["sqlite", POSTGRES];
/// The oldest that is tried; see `cargo xtask engines build daprd-1.16`.
const OLDEST_DAPR: &str = DaprVersion::Oldest.number();

/// What is about the embedded sidecar alone has nothing to do behind another. Each test waits for
/// engines of its own more than it works.
const BEHIND_DAPR: [&str; 3] = ["--skip", "embedded::", "--test-threads=4"];

/// One call of cargo.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Turn {
    /// `None`: all suites of the run.
    pub(super) suite: Option<&'static str>,
    pub(super) environment: Vec<(&'static str, &'static str)>,
    pub(super) arguments: &'static [&'static str],
}

/// How much is run with real engines.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Extent {
    /// What runs without them.
    None,
    /// What each change is tried with.
    Short,
    /// Everything that the app claims to run on.
    Whole,
}

#[derive(Default)]
pub(super) struct Turns(Vec<(Turn, Tally, Duration)>);

impl Turn {
    fn of(suite: &'static str) -> Self {
        Turn { suite: Some(suite), ..Turn::default() }
    }

    fn with(mut self, name: &'static str, value: &'static str) -> Self {
        self.environment.push((name, value));
        self
    }

    fn behind_dapr(broker: &'static str, database: &'static str) -> Self {
        let arguments = &BEHIND_DAPR;
        let turn = Turn { arguments, ..Turn::of(ON_EVERYTHING) };
        turn.with(BROKER, broker).with(DATABASE, database)
    }
}

/// Where the rows of this run are kept: where the environment says, else in one after the other.
pub(super) fn databases() -> Result<Vec<&'static str>> {
    let Ok(named) = env::var(DATABASE) else { return Ok(DATABASES.to_vec()) };
    let known = DATABASES.into_iter().find(|known| *known == named);
    let known = known.with_context(|| format!("{DATABASE} is {named:?}; it may be {DATABASES:?}"));
    Ok(vec![known?])
}

/// The turns of a run of these packages.
pub(super) fn plan(packages: &[String], extent: Extent, databases: &[&'static str]) -> Vec<Turn> {
    let has = |name: &str| packages.iter().any(|package| package == name);
    match extent {
        Extent::Whole => whole(databases),
        _ if packages.is_empty() => Vec::new(),
        Extent::None => vec![Turn::default()],
        Extent::Short => {
            let mut turns = vec![Turn::default().with(SELECTION, SHORT)];
            if has(ON_EVERYTHING) {
                let others = databases.iter().skip(1);
                turns.extend(
                    others.map(|database| Turn::of(ON_EVERYTHING).with(DATABASE, database)),
                );
            }
            if has(ON_EVERYTHING) && has(engines::BROKERS) {
                let last = databases.last();
                turns.extend(last.map(|database| Turn::behind_dapr(QUICKEST_BROKER, database)));
            }
            turns
        }
    }
}

/// Everything behind Dapr: its sidecars of both releases, each broker, each database.
fn whole(databases: &[&'static str]) -> Vec<Turn> {
    let matrix = databases.iter().map(|database| Turn::of(MATRIX).with(DATABASE, database));
    let mut turns = vec![Turn::of(SUBSCRIPTIONS)];
    turns.extend(matrix);
    for broker in BROKERS {
        turns.extend(databases.iter().map(|database| Turn::behind_dapr(broker, database)));
    }
    let again = |database: &&'static str| Turn::behind_dapr(QUICKEST_BROKER, database);
    turns.extend(databases.iter().map(|database| again(database).with(APPS, "five")));
    turns.extend(databases.first().map(|database| again(database).with(DAPR, OLDEST_DAPR)));
    turns
}

impl Turns {
    pub(super) fn add(&mut self, turn: Turn, tally: Tally, began: Instant) {
        self.0.push((turn, tally, began.elapsed()));
    }

    pub(super) fn total(&self) -> Tally {
        self.0.iter().fold(Tally::default(), |total, (_, tally, _)| total.and(tally))
    }

    pub(super) fn were_several(&self) -> bool {
        self.0.len() > 1
    }
}

impl Turn {
    fn value(&self, name: &str) -> Option<&'static str> {
        self.environment.iter().find(|(named, _)| *named == name).map(|(_, value)| *value)
    }

    /// As its line of the table calls it: where the events are and where the rows are.
    fn describe(&self) -> String {
        let sidecar = match (self.value(BROKER), self.value(DAPR)) {
            (None, _) => String::new(),
            (Some(broker), None) => format!(" behind daprd on {broker}"),
            (Some(broker), Some(release)) => format!(" behind daprd {release} on {broker}"),
        };
        let apps = self.value(APPS).map(|apps| format!(" as {apps} apps")).unwrap_or_default();
        let database = self.value(DATABASE).map(|it| format!(", {it}")).unwrap_or_default();
        format!("{}{apps}{sidecar}{database}", self.suite.unwrap_or("all suites"))
    }
}

impl fmt::Display for Turns {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "| turn | passed | failed | seconds |\n|---|--:|--:|--:|")?;
        let lines = self.0.iter().map(|(turn, tally, took)| {
            let (what, took) = (turn.describe(), took.as_secs());
            format!("| {what} | {} | {} | {took} |", tally.passed, tally.failed)
        });
        f.write_str(&lines.collect::<Vec<_>>().join("\n"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn described(packages: &[&str], extent: Extent, databases: &[&'static str]) -> Vec<String> {
        let packages: Vec<String> = packages.iter().map(|name| (*name).to_owned()).collect();
        plan(&packages, extent, databases).iter().map(Turn::describe).collect()
    }

    #[test]
    fn without_engines_there_is_one_turn() {
        assert_eq!(described(&["task-domain", "e2e"], Extent::None, &DATABASES), ["all suites"]);
        assert!(described(&[], Extent::None, &DATABASES).is_empty());
    }

    #[test]
    fn with_engines_the_end_to_end_suite_runs_on_another_database_and_behind_dapr() {
        let all = ["task-domain", "e2e", "brokers"];
        assert_eq!(
            described(&all, Extent::Short, &DATABASES),
            ["all suites", "e2e, postgres", "e2e behind daprd on redis, postgres"]
        );
        assert_eq!(described(&["e2e"], Extent::Short, &DATABASES), ["all suites", "e2e, postgres"]);
        assert_eq!(described(&["e2e"], Extent::Short, &[POSTGRES]), ["all suites"]);
    }

    #[test]
    fn the_whole_matrix_is_every_broker_on_every_database_and_the_oldest_dapr() {
        let turns = described(&["brokers"], Extent::Whole, &DATABASES);
        for broker in BROKERS {
            for database in DATABASES {
                let turn = format!("e2e behind daprd on {broker}, {database}");
                assert!(turns.contains(&turn), "{turn} is not among {turns:?}");
            }
        }
        assert!(turns.contains(&"matrix, postgres".to_owned()));
        assert!(turns.contains(&"e2e as five apps behind daprd on redis, postgres".to_owned()));
        assert!(turns.contains(&"e2e behind daprd 1.16.0 on redis, sqlite".to_owned()));
        let on_one = described(&["brokers"], Extent::Whole, &[POSTGRES]);
        assert!(on_one.iter().all(|turn| !turn.ends_with("sqlite")), "{on_one:?}");
    }
}
