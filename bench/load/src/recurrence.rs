//! What the next occurrence costs, by how long ago the series began. It should not matter.

use std::fmt::Write as _;
use std::hint::black_box;
use std::path::PathBuf;
use std::time::Instant;

use anyhow::{Context, Result};
use chrono::{DateTime, Duration, NaiveDate, Utc};
use chrono_tz::Tz;
use clap::Args;
use task_domain::recurrence::next_after;
use task_domain::{Basis, Rule, recurrence};

use crate::{machine, results};

const COMMAND: &str = "cargo xtask bench recurrence --write";

/// One of each kind: counted intervals, weekdays, a day that months lack, a numbered weekday, and a
/// day that only comes in leap years.
const RULES: [&str; 5] = [
    "FREQ=DAILY;INTERVAL=3",
    "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,WE,FR",
    "FREQ=MONTHLY",
    "FREQ=MONTHLY;BYDAY=-1FR",
    "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29",
];

/// Of the first year, the anchor that lies long ago; of the second, the recent one.
const ANCHOR_YEARS: [i32; 2] = [1970, 2026];

const ZONE: Tz = Tz::Europe__Berlin;

/// Instants asked about in a round: a week apart, so that they are spread over all kinds of days.
const INSTANTS: i64 = 200;

/// Both anchors take turns; of the rounds the fastest counts, for what else happens on the machine
/// only ever slows one down.
const ROUNDS: usize = 200;

/// Measure the next occurrence of rules anchored long ago and recently
#[derive(Args)]
pub(crate) struct Recurrence {
    /// Also write the report into this Markdown file
    #[arg(long)]
    write: Option<PathBuf>,
}

impl Recurrence {
    pub(crate) fn run(self) -> Result<()> {
        let table = table()?;
        println!("{table}");
        let machine = machine::describe();
        let section = format!("`{COMMAND}` on {machine}.\n\n{table}\n{NOTE}");
        match &self.write {
            Some(file) => results::write(file, "Recurrence", &section),
            None => Ok(()),
        }
    }
}

fn table() -> Result<String> {
    let [old, new] = ANCHOR_YEARS;
    let mut table = format!(
        "| next occurrence of | anchored {old}, ns | anchored {new}, ns | ratio |\n\
         |---|--:|--:|--:|\n"
    );
    for rule in RULES {
        let [old, new] = fastest_ns(rule)?;
        // Writing to a String cannot fail.
        let _ = writeln!(table, "| `{rule}` | {old:.0} | {new:.0} | {:.2} |", old / new);
    }
    Ok(table)
}

/// Nanoseconds of one question, for each of the anchors.
fn fastest_ns(rule: &str) -> Result<[f64; 2]> {
    let recurrences = [anchored(rule, ANCHOR_YEARS[0])?, anchored(rule, ANCHOR_YEARS[1])?];
    let first = recurrences[1].anchor.and_utc();
    let instants: Vec<_> = (1..=INSTANTS).map(|week| first + Duration::weeks(week)).collect();
    let mut fastest = [f64::INFINITY; 2];
    for _ in 0..ROUNDS {
        for (recurrence, fastest) in recurrences.iter().zip(&mut fastest) {
            *fastest = fastest.min(round_ns(recurrence, &instants));
        }
    }
    Ok(fastest)
}

fn round_ns(recurrence: &recurrence::Recurrence, instants: &[DateTime<Utc>]) -> f64 {
    let began = Instant::now();
    for at in instants {
        black_box(next_after(black_box(recurrence), ZONE, *at));
    }
    began.elapsed().as_secs_f64() * 1e9 / INSTANTS as f64
}

fn anchored(rule: &str, year: i32) -> Result<recurrence::Recurrence> {
    let rule = Rule::parse(rule)?;
    let anchor = NaiveDate::from_ymd_opt(year, 1, 31).and_then(|day| day.and_hms_opt(9, 0, 0));
    let anchor = anchor.context("no such day")?;
    Ok(recurrence::Recurrence { rule, basis: Basis::Due, anchor })
}

const NOTE: &str = "\
Native and in one thread; the fastest of many rounds over four years of weeks. A series is not
walked from its start, so the ratio is about 1.
";
