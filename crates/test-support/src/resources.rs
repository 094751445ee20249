//! The Dapr resources an app runs with: the checkout's own, or variants of them.

use std::cell::Cell;
use std::fs;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use crate::checkout;
use crate::engines::BrokerKind;

/// How resource files of the checkout name the sweep.
const CRON: &str = "bindings.cron";

/// A folder of resource files.
#[derive(Debug)]
pub enum Resources {
    Checkout,
    Variant(TempDir),
}

impl Resources {
    /// Without the sweep: whatever is published is published by what woke up for it.
    pub fn without_cron() -> Self {
        Self::variant(|text| (!text.contains(CRON)).then(|| text.to_owned()))
    }

    /// With the sweep once a second, for tests that wait for it often.
    pub fn with_cron_every_second() -> Self {
        Self::variant(|text| match text.contains(CRON) {
            true => Some(every_second(text)),
            false => Some(text.to_owned()),
        })
    }

    /// With one word in the place of another, which must be there.
    pub fn with_word(old: &str, new: &str) -> Self {
        let is_there = Cell::new(false);
        let resources = Self::variant(|text| {
            is_there.set(is_there.get() || text.contains(old));
            Some(text.replace(old, new))
        });
        assert!(is_there.get(), "no dapr resource says {old:?}");
        resources
    }

    /// With one more file.
    pub fn with(name: &str, text: &str) -> Self {
        let resources = Self::variant(|text| Some(text.to_owned()));
        let added = fs::write(resources.path().join(name), text);
        added.unwrap_or_else(|error| panic!("dapr resources: {error}"));
        resources
    }

    pub fn path(&self) -> PathBuf {
        match self {
            Resources::Checkout => match BrokerKind::of_this_run() {
                None => checkout::root().join("dapr/components"),
                Some(broker) => broker.resources(),
            },
            Resources::Variant(folder) => folder.path().to_owned(),
        }
    }

    fn variant(rewrite: impl Fn(&str) -> Option<String>) -> Self {
        let folder = tempfile::tempdir().and_then(|folder| {
            rewrite_into(&Resources::Checkout.path(), folder.path(), rewrite)?;
            Ok(folder)
        });
        Resources::Variant(folder.unwrap_or_else(|error| panic!("dapr resources: {error}")))
    }
}

fn rewrite_into(
    from: &Path,
    to: &Path,
    rewrite: impl Fn(&str) -> Option<String>,
) -> std::io::Result<()> {
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let name = entry.file_name();
        let is_yaml = Path::new(&name).extension().is_some_and(|extension| extension == "yaml");
        if !is_yaml {
            continue;
        }
        if let Some(text) = rewrite(&fs::read_to_string(entry.path())?) {
            fs::write(to.join(name), text)?;
        }
    }
    Ok(())
}

fn every_second(text: &str) -> String {
    let faster = |line: &str| match line.find("@every") {
        Some(at) => format!("{}@every 1s\"", &line[..at]),
        None => line.to_owned(),
    };
    text.lines().map(|line| faster(line) + "\n").collect()
}
