//! `chaos`: people use the app while everything around it is killed, cut, stopped and shuffled,
//! and in the end the tables are held against what the people were told.
//!
//! It must not link the app: host and sidecar are programs that it starts and kills.
#![expect(clippy::print_stdout, reason = "the run is for the terminal")]

mod devices;
mod dice;
mod faults;
mod findings;
mod journal;
mod load;
mod progress;
mod proxy;
mod receiver;
mod report;
mod run;
mod settle;
mod stage;
mod tally;
mod verdict;

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use clap::{Parser, ValueEnum};
use test_support::app_database::Engine;

use self::run::Plan;

/// Use the app while everything around it fails, and check that nothing was lost or doubled
#[derive(Debug, Parser)]
#[command(name = "chaos")]
struct Arguments {
    /// How long people work
    #[arg(long, default_value_t = 5.0)]
    minutes: f64,
    /// Repeats the draws of an earlier run [default: a new one]
    #[arg(long)]
    seed: Option<u64>,
    /// Where the app keeps its rows
    #[arg(long, value_enum, default_value_t = Database::Sqlite)]
    database: Database,
    /// What people do a second, on average, whatever the app answers
    #[arg(long, default_value_t = 85.0)]
    rate: f64,
    /// Keep the logs of host and sidecar in this folder
    #[arg(long, value_name = "FOLDER")]
    logs: Option<PathBuf>,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Database {
    Sqlite,
    Postgres,
}

fn main() -> ExitCode {
    let Arguments { minutes, seed, database, rate, logs } = Arguments::parse();
    let plan = Plan {
        seed: seed.unwrap_or_else(rand::random),
        length: Duration::from_secs_f64(minutes * 60.0),
        engine: match database {
            Database::Sqlite => Engine::Sqlite,
            Database::Postgres => Engine::Postgres,
        },
        arrivals_per_second: rate,
        logs,
    };
    println!("chaos for {minutes} minutes on {}, --seed {}", plan.engine, plan.seed);
    let report = run::run(&plan);
    println!("{report}");
    if report.is_clean() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
