//! `cargo xtask`, the only task runner: it names the verbs and hands over to them.
//!
//! It must not link what it builds: hosts and components are programs it starts, so that it
//! compiles in seconds and never has to be rebuilt with them.
#![expect(clippy::print_stdout, reason = "the terminal belongs to the task runner")]

mod app;
mod cargo;
mod data_folder;
mod manifest;
mod natives;
mod packages;
mod program;
mod python;
mod toolchain;
mod verbs;
mod workspace;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::workspace::Workspace;

#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask", about = "TaskMaster's task runner")]
struct Cli {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Subcommand)]
enum Verb {
    Build(verbs::build::Build),
    Up(verbs::up::Up),
    Sidecar(verbs::sidecar::RunSidecar),
    Events(verbs::events::Events),
    Dlq(verbs::dlq::Dlq),
    Test(verbs::test::Test),
    Lint(verbs::lint::Lint),
    Bless(verbs::bless::Bless),
    Migrate(verbs::migrate::Migrate),
    Openapi(verbs::openapi::Openapi),
    Bench(verbs::bench::Bench),
    Engines(verbs::engines::Engines),
    Chaos(verbs::chaos::Chaos),
}

fn main() -> ExitCode {
    let cli = Cli::parse();
    match run(cli.verb) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(verb: Verb) -> anyhow::Result<()> {
    let workspace = Workspace::locate()?;
    match verb {
        Verb::Build(verb) => verb.run(&workspace),
        Verb::Up(verb) => verb.run(&workspace),
        Verb::Sidecar(verb) => verb.run(&workspace),
        Verb::Events(verb) => verb.run(&workspace),
        Verb::Dlq(verb) => verb.run(&workspace),
        Verb::Test(verb) => verb.run(&workspace),
        Verb::Lint(verb) => verb.run(&workspace),
        Verb::Bless(verb) => verb.run(&workspace),
        Verb::Migrate(verb) => verb.run(&workspace),
        Verb::Openapi(verb) => verb.run(&workspace),
        Verb::Bench(verb) => verb.run(&workspace),
        Verb::Engines(verb) => verb.run(&workspace),
        Verb::Chaos(verb) => verb.run(&workspace),
    }
}
