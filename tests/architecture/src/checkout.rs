//! The checkout as values: every text file that people write, and what kind of code it is.

use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use walkdir::WalkDir;

/// Folders that tools write.
const NOT_WRITTEN_HERE: [&str; 2] = ["target", "golden"];

/// Code that is never part of what is shipped: it may do what the product must not.
const TEST_FOLDERS: [&str; 5] =
    ["tests/", "bench/", "xtask/", "crates/test-support/", "crates/real-engines/"];

pub(crate) struct File {
    /// From the root of the checkout, with `/`.
    pub(crate) path: String,
    pub(crate) text: String,
}

impl File {
    pub(crate) fn new(path: &str, text: &str) -> File {
        File { path: path.to_owned(), text: text.to_owned() }
    }

    pub(crate) fn has_extension(&self, extension: &str) -> bool {
        Path::new(&self.path).extension().is_some_and(|found| found == extension)
    }

    /// Whether the whole file is test, tool or bench code.
    pub(crate) fn is_test_code(&self) -> bool {
        let path = self.path.as_str();
        TEST_FOLDERS.iter().any(|folder| path.starts_with(folder))
            || path.ends_with("/tests.rs")
            || ["/tests/", "/guests/", "/examples/", "/benches/"]
                .iter()
                .any(|part| path.contains(part))
    }
}

pub(crate) fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().expect("the checkout")
}

/// Every text file of the checkout, in the order of the paths.
pub(crate) fn files() -> &'static [File] {
    static FILES: OnceLock<Vec<File>> = OnceLock::new();
    FILES.get_or_init(|| {
        let root = root();
        let entries = WalkDir::new(&root)
            .sort_by_file_name()
            .into_iter()
            .filter_entry(|entry| entry.depth() == 0 || is_written_here(entry.file_name()))
            .filter_map(Result::ok)
            .filter(|entry| entry.file_type().is_file());
        entries.filter_map(|entry| read(&root, entry.path())).collect()
    })
}

pub(crate) fn rust_files() -> impl Iterator<Item = &'static File> {
    files().iter().filter(|file| file.has_extension("rs"))
}

/// A file that has to be there.
pub(crate) fn file(path: &str) -> &'static File {
    let found = files().iter().find(|file| file.path == path);
    found.unwrap_or_else(|| panic!("{path} is missing from the checkout"))
}

/// The names of the folders in `parent` that hold a `Cargo.toml`.
pub(crate) fn packages_in(parent: &str) -> Vec<String> {
    let prefix = format!("{parent}/");
    let manifests = files().iter().filter_map(|file| file.path.strip_prefix(&prefix));
    let names = manifests.filter_map(|path| path.strip_suffix("/Cargo.toml"));
    names.filter(|name| !name.contains('/')).map(str::to_owned).collect()
}

/// Fails with every finding at once, one on a line.
#[track_caller]
pub(crate) fn assert_none(rule: &str, findings: &[String]) {
    assert!(findings.is_empty(), "{rule}:\n  {}\n", findings.join("\n  "));
}

fn is_written_here(name: &std::ffi::OsStr) -> bool {
    let name = name.to_string_lossy();
    let hidden = name.starts_with('.') && name != ".github" && name != ".ci";
    // The WIT of WASI is published by others.
    !hidden && !NOT_WRITTEN_HERE.contains(&name.as_ref()) && !name.starts_with("wasi-")
}

/// `None` for what is not text.
fn read(root: &Path, path: &Path) -> Option<File> {
    let text = String::from_utf8(std::fs::read(path).ok()?).ok()?;
    let relative = path.strip_prefix(root).expect("below the root");
    let path = relative.to_string_lossy().replace(std::path::MAIN_SEPARATOR, "/");
    Some(File { path, text })
}
