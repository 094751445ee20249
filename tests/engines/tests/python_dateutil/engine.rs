//! Asks python-dateutil many questions at once, on all cores. What it is asked is not known here.

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread;

use crate::question::Question;

/// Names the Python that has the engine.
const PYTHON: &str = "TASKMASTER_PYTHON";

/// The instants of each question's series, in the order of the questions.
pub(crate) fn ask(questions: &[Question]) -> Vec<Vec<i64>> {
    let python = std::env::var_os(PYTHON)
        .unwrap_or_else(|| panic!("{PYTHON} is not set: `cargo xtask test --engines` sets it"));
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/python_dateutil/occurrences.py");
    let cores = thread::available_parallelism().map_or(1, usize::from);
    thread::scope(|scope| {
        let shares = questions.chunks(questions.len().div_ceil(cores).max(1));
        let running: Vec<_> = shares
            .map(|share| {
                let mut command = Command::new(&python);
                // Not the zones of the system: those of the package `tzdata`.
                command.arg(&script).env("PYTHONTZPATH", "");
                scope.spawn(move || answers(command, share))
            })
            .collect();
        running.into_iter().flat_map(|share| share.join().expect("answers")).collect()
    })
}

fn answers(mut command: Command, questions: &[Question]) -> Vec<Vec<i64>> {
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("the interpreter starts");
    let mut stdin = child.stdin.take().expect("an input");
    let stdout = child.stdout.take().expect("an output");
    let answers: Vec<Vec<i64>> = thread::scope(|scope| {
        // Apart from the reading, because neither pipe holds everything.
        scope.spawn(move || {
            for question in questions {
                // An engine that fell over is told of by its exit status below.
                if writeln!(stdin, "{}", question.line()).is_err() {
                    return;
                }
            }
        });
        BufReader::new(stdout).lines().map(|line| instants(&line.expect("text"))).collect()
    });
    let status = child.wait().expect("the interpreter ends");
    assert!(status.success(), "occurrences.py ended with {status}");
    assert_eq!(answers.len(), questions.len(), "an answer for each question");
    answers
}

fn instants(line: &str) -> Vec<i64> {
    line.split_whitespace().map(|second| second.parse().expect(line)).collect()
}
