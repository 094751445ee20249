//! What the crash walks of a run report: a line each into a file, shown together in the end, so
//! that it is seen how many deaths were survived and where.

use std::collections::BTreeMap;
use std::fmt;
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

/// Tells the suites where their walks report.
pub(super) const REPORT: &str = "TASKMASTER_CRASH_WALKS";

/// A file of this run's own, gone with this value.
pub(super) struct Report {
    file: PathBuf,
}

/// The walks by scenario, in the order of their names.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct CrashWalks(Vec<Line>);

#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Line {
    database: String,
    scenario: String,
    calls: u64,
    deaths: u64,
}

impl Report {
    pub(super) fn new() -> Result<Self> {
        let name = format!("taskmaster-crash-walks-{}", std::process::id());
        let report = Report { file: std::env::temp_dir().join(name) };
        // One of an earlier run under the same process id is not ours.
        report.remove().with_context(|| format!("cannot remove {}", report.file.display()))?;
        Ok(report)
    }

    pub(super) fn path(&self) -> &Path {
        &self.file
    }

    /// Empty when no walk was walked.
    pub(super) fn read(&self) -> Result<CrashWalks> {
        match fs::read_to_string(&self.file) {
            Ok(text) => parse(&text),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(CrashWalks::default()),
            Err(error) => {
                Err(error).with_context(|| format!("cannot read {}", self.file.display()))
            }
        }
    }

    fn remove(&self) -> std::io::Result<()> {
        match fs::remove_file(&self.file) {
            Err(error) if error.kind() != ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        }
    }
}

impl Drop for Report {
    fn drop(&mut self) {
        // It lies in a folder of temporary files.
        let _ = self.remove();
    }
}

impl CrashWalks {
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl fmt::Display for CrashWalks {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let width = self.0.iter().map(|line| line.scenario.chars().count()).max().unwrap_or(0);
        writeln!(f, "Crash walks, a death before and after each call of the host or sidecar:")?;
        writeln!(f, "  {:width$}  {:8}  {:>5}  {:>6}", "scenario", "database", "calls", "deaths")?;
        let mut deaths: BTreeMap<&str, u64> = BTreeMap::new();
        for line in &self.0 {
            let Line { database, scenario, calls, deaths: died } = line;
            writeln!(f, "  {scenario:width$}  {database:8}  {calls:5}  {died:6}")?;
            *deaths.entry(database).or_default() += died;
        }
        let totals = deaths.iter().map(|(database, deaths)| format!("{deaths} on {database}"));
        write!(f, "  Deaths survived: {}.", totals.collect::<Vec<_>>().join(", "))
    }
}

fn parse(text: &str) -> Result<CrashWalks> {
    let lines: Result<Vec<Line>> = text.lines().map(line).collect();
    let mut lines = lines?;
    lines.sort();
    Ok(CrashWalks(lines))
}

fn line(text: &str) -> Result<Line> {
    let number = |text: &str| text.parse().with_context(|| format!("{text:?} is no number"));
    let columns: Vec<&str> = text.split('\t').collect();
    let [database, scenario, calls, deaths] = columns[..] else {
        bail!("a crash walk reported {text:?}");
    };
    Ok(Line {
        database: database.to_owned(),
        scenario: scenario.to_owned(),
        calls: number(calls)?,
        deaths: number(deaths)?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_become_a_table_with_a_sum_for_each_database() {
        let told =
            "sqlite\tupdating\t12\t24\npostgres\tupdating\t10\t20\nsqlite\tcreating\t9\t18\n";
        let shown = parse(told).unwrap().to_string();
        let expected = "\
Crash walks, a death before and after each call of the host or sidecar:
  scenario  database  calls  deaths
  updating  postgres     10      20
  creating  sqlite        9      18
  updating  sqlite       12      24
  Deaths survived: 20 on postgres, 42 on sqlite.";
        assert_eq!(shown, expected);
        assert!(parse("sqlite\tupdating\n").is_err());
    }
}
