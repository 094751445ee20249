//! The commands in Markdown that are meant to be run, and what they are said to print.
//!
//! A fenced block with `run` in its info string is run; one with `expect`, right after it, holds
//! fragments of its output, one a line. With `eventually`, the block is repeated until they show.

/// A block of commands.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Step {
    /// Of the opening fence, counted from 1.
    pub(super) line: usize,
    pub(super) script: String,
    /// Each must occur in the output.
    pub(super) expect: Vec<String>,
    pub(super) eventually: bool,
}

struct Block {
    line: usize,
    marks: Vec<String>,
    lines: Vec<String>,
}

/// The steps of a document in order, or the line that cannot be understood.
pub(super) fn steps(text: &str) -> Result<Vec<Step>, String> {
    let mut steps: Vec<Step> = Vec::new();
    let mut expectable = false;
    for block in blocks(text)? {
        let marked = |mark: &str| block.marks.iter().any(|candidate| candidate == mark);
        if marked("run") {
            steps.push(Step {
                line: block.line,
                script: block.lines.join("\n") + "\n",
                expect: Vec::new(),
                eventually: marked("eventually"),
            });
            expectable = true;
        } else if marked("expect") {
            let step = steps.last_mut().filter(|_| expectable);
            let step =
                step.ok_or_else(|| format!("line {}: nothing runs before `expect`", block.line))?;
            step.expect = block.lines.into_iter().filter(|line| !line.is_empty()).collect();
            expectable = false;
        } else {
            expectable = false;
        }
    }
    match steps.iter().find(|step| step.eventually && step.expect.is_empty()) {
        Some(step) => Err(format!("line {}: `eventually` needs an `expect` block", step.line)),
        None => Ok(steps),
    }
}

fn blocks(text: &str) -> Result<Vec<Block>, String> {
    let mut blocks = Vec::new();
    let mut open: Option<Block> = None;
    for (index, line) in text.lines().enumerate() {
        match (&mut open, line.trim().strip_prefix("```")) {
            (None, Some(info)) => {
                let marks = info.split_whitespace().map(str::to_owned).collect();
                open = Some(Block { line: index + 1, marks, lines: Vec::new() });
            }
            (Some(_), Some("")) => blocks.extend(open.take()),
            (Some(block), _) => block.lines.push(line.to_owned()),
            (None, None) => {}
        }
    }
    match open {
        Some(block) => Err(format!("line {}: the block has no end", block.line)),
        None => Ok(blocks),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_marked_blocks_run_and_expectations_belong_to_the_block_before() {
        let text = "```sh\ncargo xtask up\n```\n\n```sh run\ncurl -s URL\ncurl -s URL/2\n```\n\
                    Then:\n```json expect\n\"id\":1\n\n\"title\":\"Water plants\"\n```\n\
                    ```sh run\ntrue\n```\n";
        let found = steps(text).unwrap();
        let expected = [
            Step {
                line: 5,
                script: "curl -s URL\ncurl -s URL/2\n".into(),
                expect: vec!["\"id\":1".into(), "\"title\":\"Water plants\"".into()],
                eventually: false,
            },
            Step { line: 15, script: "true\n".into(), expect: vec![], eventually: false },
        ];
        assert_eq!(found, expected);
    }

    #[test]
    fn marks_that_can_check_nothing_are_refused() {
        for (text, said) in [
            ("```text expect\nx\n```\n", "line 1: nothing runs before `expect`"),
            ("```sh run eventually\nx\n```\n", "line 1: `eventually` needs an `expect` block"),
            ("text\n```sh run\nx\n", "line 2: the block has no end"),
        ] {
            assert_eq!(steps(text).unwrap_err(), said);
        }
    }
}
