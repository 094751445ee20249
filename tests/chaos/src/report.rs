//! What a run leaves behind: the table of invariants, what was done to the app, and for the first
//! violation everything that is known of its task.

use std::fmt;

use test_support::invariants::Invariant;

use crate::findings::Violation;
use crate::run::Run;
use crate::tally::Count;
use crate::verdict::Checked;

/// More would only hide the first.
const VIOLATIONS_SHOWN: usize = 20;

#[derive(Debug)]
pub(crate) struct Report {
    seed: u64,
    kills: u64,
    counts: Vec<(u64, Count)>,
    /// For each invariant, what it was held against and how often it was broken.
    table: Vec<(Invariant, u64, usize)>,
    violations: Vec<Violation>,
    history: Option<String>,
}

impl Report {
    pub(crate) fn of(run: &Run, checked: Checked) -> Self {
        let table = Invariant::ALL
            .map(|invariant| (invariant, checked.of(invariant), run.findings.of(invariant)));
        let counts = Count::ALL.map(|count| (run.tally.of(count), count));
        let violations = run.findings.all().clone();
        Report {
            seed: run.plan.seed,
            kills: run.tally.kills(),
            counts: counts.into(),
            table: table.into(),
            history: checked.shortest_history(run, &violations),
            violations,
        }
    }

    pub(crate) fn is_clean(&self) -> bool {
        self.violations.is_empty()
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f)?;
        for (many, count) in &self.counts {
            writeln!(f, "{many:>9}  {}", count.words())?;
        }
        writeln!(f, "{:>9}  kills in all", self.kills)?;
        writeln!(f, "\n{:<58} {:>9} {:>10}", "invariant", "checked", "violations")?;
        for (invariant, checked, broken) in &self.table {
            writeln!(f, "{:<58} {checked:>9} {broken:>10}", invariant.to_string())?;
        }
        let violations = self.violations.iter();
        for Violation { invariant, task, what } in violations.clone().take(VIOLATIONS_SHOWN) {
            let task = task.as_ref().map(|task| format!("{task}: ")).unwrap_or_default();
            write!(f, "\n{invariant}: {task}{what}")?;
        }
        if violations.len() > VIOLATIONS_SHOWN {
            write!(f, "\nand {} more", violations.len() - VIOLATIONS_SHOWN)?;
        }
        if let Some(history) = &self.history {
            write!(f, "\n\nThe shortest history of a task that shows it:\n{history}")?;
        }
        let verdict = if self.is_clean() { "Everything held" } else { "Broken" };
        write!(f, "\n{verdict}. --seed {}", self.seed)
    }
}
