//! The `embedded-sidecar` binary: daprd's command line around the library, and a console consumer.
//!
//! Owns flags, signals and the terminal. Everything else is the library's.

mod cli;

use std::process::ExitCode;

fn main() -> ExitCode {
    match cli::run(std::env::args_os().collect()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // The log may not be set up yet, or may be JSON for a machine: people look here.
            eprintln!("embedded-sidecar: {error:#}");
            ExitCode::FAILURE
        }
    }
}
