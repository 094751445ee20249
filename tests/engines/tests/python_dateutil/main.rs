//! Recurrence against python-dateutil, the engine that most other engines were ported from: many
//! random rules, in every zone, over a century.
//!
//! `RECURRENCE_RULES` sets how many, `RECURRENCE_SEED` which.

#![expect(clippy::expect_used, reason = "a test that cannot be set up says so by panicking")]

mod draws;
mod engine;
mod question;

use std::collections::BTreeSet;
use std::io::Write as _;
use std::time::Instant;

use chrono::{DateTime, Days, Utc};
use task_domain::{Ordinal, recurrence};

use crate::draws::Draws;
use crate::question::{Question, TAKE};

const RULES: usize = 100_000;
const SEED: u64 = 5_545;

/// More of them say nothing new.
const MISMATCHES_SHOWN: usize = 20;

#[test]
fn random_rules_in_every_zone_agree_with_python_dateutil() {
    let (rules, seed) = (setting("RECURRENCE_RULES", RULES), setting("RECURRENCE_SEED", SEED));
    let began = Instant::now();
    let mut draws = Draws::seeded(seed);
    let questions: Vec<Question> = (0..rules).map(|_| Question::draw(&mut draws)).collect();
    let answers = engine::ask(&questions);

    let mut compared = 0;
    let mut mismatches = Vec::new();
    for (question, theirs) in questions.iter().zip(&answers) {
        // Two days can share an instant, where a zone skipped one; that is one occurrence.
        let theirs: Vec<i64> = BTreeSet::from_iter(theirs.iter().copied()).into_iter().collect();
        let ours = answer(question, theirs.len());
        compared += theirs.len();
        if ours != theirs {
            let line = question.line();
            mismatches.push(format!("{line}\n  ours   {ours:?}\n  theirs {theirs:?}"));
        }
    }
    let zones: BTreeSet<&str> = questions.iter().map(|question| question.tz.name()).collect();
    // Past the capture of output: the count is what a run of the engines is for.
    writeln!(
        std::io::stderr(),
        "python-dateutil: {rules} rules (seed {seed}) in {} zones, {compared} occurrences, \
         {} mismatches, {:.0} s",
        zones.len(),
        mismatches.len(),
        began.elapsed().as_secs_f64()
    )
    .expect("a terminal");
    assert_eq!(answers.len(), rules);
    mismatches.truncate(MISMATCHES_SHOWN);
    assert!(mismatches.is_empty(), "{}", mismatches.join("\n"));
}

/// What the series has up to the horizon: as many as `theirs`, and one more if theirs has ended.
fn answer(question: &Question, theirs: usize) -> Vec<i64> {
    let Question { recurrence, tz, horizon } = question;
    let before = recurrence.anchor.and_utc() - Days::new(2);
    let Some(first) = recurrence::next_after(recurrence, *tz, before) else { return Vec::new() };
    let wanted = if theirs < TAKE { theirs + 1 } else { theirs };
    recurrence::occurrences(recurrence, *tz, first, Ordinal::FIRST)
        .take(wanted)
        .take_while(|at: &DateTime<Utc>| at <= horizon)
        .map(|at| at.timestamp())
        .collect()
}

fn setting<T: std::str::FromStr>(name: &str, usual: T) -> T {
    match std::env::var(name) {
        Ok(text) => text.parse().unwrap_or_else(|_| panic!("{name}={text} is not a number")),
        Err(_) => usual,
    }
}
