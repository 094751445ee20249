//! A short run with a fixed seed, so that every change is tried under chaos, and chaos itself is
//! tried.

use std::process::Command;

use test_support::Engine;

/// Long enough for some of every fault, short enough for every run of the tests.
const MINUTES: &str = "0.2";
/// Kills host and sidecar within the first seconds, on either engine.
const SEED: &str = "7";
/// Two cores have to carry it beside other tests.
const RATE: &str = "30";

#[test]
fn what_people_are_told_holds_although_everything_around_the_app_fails() {
    let database = Engine::of_this_run().to_string();
    let run = Command::new(env!("CARGO_BIN_EXE_chaos"))
        .args(["--minutes", MINUTES, "--seed", SEED, "--rate", RATE, "--database", &database])
        .output()
        .expect("the program starts");
    let told = String::from_utf8_lossy(&run.stdout);
    let errors = String::from_utf8_lossy(&run.stderr);
    assert!(run.status.success(), "{told}\n{errors}");
    // The table must have been filled by a run in which something happened.
    for checked in ["writes answered with 2xx", "kill -9 of the host", "kill -9 of the sidecar"] {
        let line = told.lines().find(|line| line.ends_with(checked)).expect(checked);
        let count = line.split_whitespace().next().and_then(|count| count.parse::<u64>().ok());
        assert!(count > Some(0), "{line}");
    }
    println!("{told}");
}
