//! Measures the app and prints the figures; each scenario says with what it is compared.
//!
//! It must not link the app or its twin: both are programs it starts and speaks HTTP to. Only the
//! domain's rules, which are pure, are measured within.
#![expect(clippy::print_stdout, reason = "the figures are for the terminal")]

mod client;
mod end_to_end;
mod figures;
mod machine;
mod measure;
mod publish;
mod recurrence;
mod results;
mod script;
mod setup;
mod table;
mod works;

use anyhow::Result;
use clap::Parser;

/// Measure the app
#[derive(Parser)]
enum Arguments {
    Core(works::Core),
    EndToEnd(end_to_end::EndToEnd),
    Publish(publish::Publish),
    Recurrence(recurrence::Recurrence),
}

fn main() -> Result<()> {
    match Arguments::parse() {
        Arguments::Core(core) => core.run(),
        Arguments::EndToEnd(end_to_end) => end_to_end.run(),
        Arguments::Publish(publish) => publish.run(),
        Arguments::Recurrence(recurrence) => recurrence.run(),
    }
}
