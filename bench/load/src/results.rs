//! The file of results: a section for each scenario, so that one can be measured again alone.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result};

const TITLE: &str = "# Benchmarks\n";

/// Puts the section into the file, in the place of its last measurement.
pub(crate) fn write(file: &Path, heading: &str, section: &str) -> Result<()> {
    let known = match fs::read_to_string(file) {
        Ok(known) => known,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => TITLE.to_owned(),
        Err(error) => return Err(error).context(format!("cannot read {}", file.display())),
    };
    fs::write(file, with_section(&known, heading, section))
        .with_context(|| format!("cannot write {}", file.display()))?;
    println!("Written to {}.", file.display());
    Ok(())
}

fn with_section(document: &str, heading: &str, section: &str) -> String {
    let fresh = format!("## {heading}\n\n{}\n", section.trim());
    let mut parts: Vec<String> = document.split("\n## ").map(str::to_owned).collect();
    for part in &mut parts[1..] {
        part.insert_str(0, "## ");
    }
    let is_its = |part: &String| part.lines().next() == Some(&format!("## {heading}"));
    match parts.iter().position(is_its) {
        Some(known) => parts[known] = fresh,
        None => parts.push(fresh),
    }
    let parts: Vec<&str> = parts.iter().map(|part| part.trim_end()).collect();
    parts.join("\n\n") + "\n"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_section_takes_the_place_of_its_own_and_leaves_the_others() {
        let document = "# Benchmarks\n\n## Core\n\nold\n\n## Recurrence\n\nkept\n";
        let expected = "# Benchmarks\n\n## Core\n\nnew\n\n## Recurrence\n\nkept\n";
        assert_eq!(with_section(document, "Core", "new\n"), expected);
        assert_eq!(with_section(expected, "Core", "new\n"), expected);
    }

    #[test]
    fn a_section_that_was_not_there_comes_last() {
        let document = with_section(TITLE, "Core", "first");
        assert_eq!(document, "# Benchmarks\n\n## Core\n\nfirst\n");
        let both = with_section(&document, "Recurrence", "second");
        assert_eq!(both, "# Benchmarks\n\n## Core\n\nfirst\n\n## Recurrence\n\nsecond\n");
    }
}
