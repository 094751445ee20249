//! A shell that lives through a document, so that a variable of one block serves the next.

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::time::{Duration, Instant};

use anyhow::{Context, Result};

/// No command of a document takes longer, not even one that builds its program first.
const BLOCK_TIMEOUT: Duration = Duration::from_secs(600);

/// Printed after each block; no document prints it by chance.
const END_OF_BLOCK: &str = "--- end of block 5d0a6c ---";

pub(super) struct Shell {
    child: Child,
    stdin: ChildStdin,
    lines: Receiver<String>,
    block_file: PathBuf,
}

/// How a block ended.
pub(super) enum BlockOutcome {
    Done {
        output: String,
    },
    /// A command failed, or the time was up; the shell cannot be used any more.
    Broken {
        output: String,
    },
}

impl Shell {
    /// `scratch` holds the block being run.
    pub(super) fn start(command: &mut Command, scratch: &Path) -> Result<Self> {
        let mut child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .context("cannot start bash")?;
        let mut stdin = child.stdin.take().context("bash has no input")?;
        let stdout = child.stdout.take().context("bash has no output")?;
        stdin.write_all(b"exec 2>&1\nset -euo pipefail\n").context("bash does not listen")?;
        let (sender, lines) = mpsc::channel();
        std::thread::spawn(move || {
            for line in BufReader::new(stdout).split(b'\n').map_while(Result::ok) {
                if sender.send(String::from_utf8_lossy(&line).into_owned()).is_err() {
                    return;
                }
            }
        });
        Ok(Shell { child, stdin, lines, block_file: scratch.join("block.sh") })
    }

    pub(super) fn run(&mut self, script: &str) -> Result<BlockOutcome> {
        fs::write(&self.block_file, script).context("cannot write the block")?;
        // Sourced from a file: a command that reads its input must not swallow the next block.
        let file = self.block_file.display();
        let line = format!(". '{file}' </dev/null\nprintf '\\n%s\\n' '{END_OF_BLOCK}'\n");
        self.stdin.write_all(line.as_bytes()).context("bash does not listen")?;
        let deadline = Instant::now() + BLOCK_TIMEOUT;
        let mut output = Vec::new();
        loop {
            match self.lines.recv_timeout(deadline.saturating_duration_since(Instant::now())) {
                Ok(line) if line == END_OF_BLOCK => {
                    return Ok(BlockOutcome::Done { output: output.join("\n") });
                }
                Ok(line) => output.push(line),
                Err(RecvTimeoutError::Timeout) => {
                    output.push(format!("(no end after {BLOCK_TIMEOUT:?})"));
                    return Ok(BlockOutcome::Broken { output: output.join("\n") });
                }
                Err(RecvTimeoutError::Disconnected) => {
                    return Ok(BlockOutcome::Broken { output: output.join("\n") });
                }
            }
        }
    }
}

impl Drop for Shell {
    fn drop(&mut self) {
        // It may have ended by itself at a failing command; then there is nothing to kill.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use super::*;

    fn shell(scratch: &Path) -> Shell {
        Shell::start(&mut Command::new("bash"), scratch).unwrap()
    }

    fn output(outcome: BlockOutcome) -> String {
        match outcome {
            BlockOutcome::Done { output } => output,
            BlockOutcome::Broken { output } => panic!("broken: {output}"),
        }
    }

    #[test]
    fn a_variable_of_one_block_serves_the_next_one() {
        let scratch = tempfile::tempdir().unwrap();
        let mut shell = shell(scratch.path());
        output(shell.run("NAME=plants\ncat\n").unwrap());
        assert_eq!(output(shell.run("echo \"$NAME\"\n").unwrap()).trim(), "plants");
    }

    #[test]
    fn a_failing_command_breaks_the_block_and_its_words_are_kept() {
        let scratch = tempfile::tempdir().unwrap();
        let outcome = shell(scratch.path()).run("echo why >&2\nfalse\necho on\n").unwrap();
        let BlockOutcome::Broken { output } = outcome else { panic!("it went on") };
        assert_eq!(output.trim(), "why");
    }
}
