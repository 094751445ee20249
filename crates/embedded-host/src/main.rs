//! `embedded-host up`: the host and its sidecar as one process.

mod cli;

fn main() -> std::process::ExitCode {
    cli::main()
}
