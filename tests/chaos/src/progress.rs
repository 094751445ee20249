//! The line that shows how a run is going.

use std::io::{IsTerminal, Write, stdout};
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use test_support::ledger;

use crate::run::Run;
use crate::tally::Count;

/// For a person who watches, and for a log that is read later.
const ON_A_TERMINAL: Duration = Duration::from_secs(1);
const IN_A_LOG: Duration = Duration::from_secs(10);
const LOOK: Duration = Duration::from_millis(100);

pub(crate) fn show(run: &Run, is_done: &AtomicBool) {
    let is_terminal = stdout().is_terminal();
    let interval = if is_terminal { ON_A_TERMINAL } else { IN_A_LOG };
    let mut next = Instant::now() + interval;
    while !is_done.load(Ordering::Relaxed) {
        thread::sleep(LOOK);
        if Instant::now() < next {
            continue;
        }
        next += interval;
        let line = line(run);
        let written = match is_terminal {
            // Over the line before it.
            true => write!(stdout(), "\r{line}\x1b[K"),
            false => writeln!(stdout(), "{line}"),
        };
        // Who has closed the terminal still gets the exit code.
        let _ = written.and_then(|()| stdout().flush());
    }
    if is_terminal {
        println!();
    }
}

fn line(run: &Run) -> String {
    let seconds = run.elapsed().as_secs();
    let of = |count| run.tally.of(count);
    let phase = if run.is_over() { " (settling)" } else { "" };
    format!(
        "{:02}:{:02}{phase}  {} writes, {} completions; {} kills: {} host, {} sidecar, {} backends; \
         outbox {}; violations {}; seed {}",
        seconds / 60,
        seconds % 60,
        of(Count::Writes),
        of(Count::Completions),
        run.tally.kills(),
        of(Count::HostKills),
        of(Count::SidecarKills),
        of(Count::BackendKills),
        ledger::outbox(run.stage.data()).pending,
        run.findings.count(),
        run.plan.seed,
    )
}
