//! The data folder of a local run: databases, the sidecar's log, and secrets made on first use.

use std::fs::{self, DirBuilder, OpenOptions};
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::workspace::Workspace;

/// Beside the manifest, and ignored by git.
const DEFAULT_FOLDER: &str = ".taskmaster";

/// A key of 256 bits is what HMAC-SHA256 can use.
const SECRET_BYTES: usize = 32;

/// The variables of `spin.toml` that a first run cannot do without, or is better with, and how each
/// is made.
const GENERATED: [(&str, Make); 4] = [
    ("jwt_secret", random_hex),
    (ADMIN_TOKEN, random_hex),
    ("vapid_private_key", random_vapid_key),
    ("vapid_subject", || "mailto:operator@localhost".to_owned()),
];
const ADMIN_TOKEN: &str = "admin_token";
type Make = fn() -> String;

#[derive(Clone, Debug)]
pub(crate) struct DataFolder {
    path: PathBuf,
}

impl DataFolder {
    pub(crate) fn at(workspace: &Workspace, chosen: Option<&Path>) -> Self {
        let path = chosen.map_or_else(|| workspace.path(DEFAULT_FOLDER), Path::to_owned);
        DataFolder { path }
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Where the sidecar keeps its log, whether it runs in the host or alone.
    pub(crate) fn sidecar(&self) -> PathBuf {
        self.path.join("sidecar")
    }

    /// Variables in the form that hosts read from the environment: `SPIN_VARIABLE_<NAME>=value`.
    pub(crate) fn secrets_file(&self) -> PathBuf {
        self.path.join("secrets.env")
    }

    /// Makes the folder and, once, its secrets. Both are for their owner's eyes.
    pub(crate) fn prepare(&self) -> Result<()> {
        let mut builder = DirBuilder::new();
        builder.recursive(true);
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        builder
            .create(&self.path)
            .with_context(|| format!("cannot make {}", self.path.display()))?;
        self.generate_secrets()
    }

    /// The token of the admin routes, when a run has made one.
    pub(crate) fn admin_token(&self) -> Result<String> {
        let file = self.secrets_file();
        let text = fs::read_to_string(&file).with_context(|| {
            format!("cannot read {}; has `cargo xtask up` run here?", file.display())
        })?;
        let name = variable(ADMIN_TOKEN);
        let line = text.lines().find_map(|line| line.strip_prefix(&name)?.strip_prefix('='));
        line.map(str::to_owned).with_context(|| format!("{} has no {name}", file.display()))
    }

    /// Adds what the file lacks: one of an earlier release keeps what it has.
    fn generate_secrets(&self) -> Result<()> {
        let file = self.secrets_file();
        let known = match fs::read_to_string(&file) {
            Ok(text) => text,
            Err(error) if error.kind() == ErrorKind::NotFound => String::new(),
            Err(error) => {
                return Err(error).with_context(|| format!("cannot read {}", file.display()));
            }
        };
        let is_known = |name: &str| {
            let name = variable(name);
            known.lines().any(|line| line.strip_prefix(&name).is_some_and(|it| it.starts_with('=')))
        };
        let missing: Vec<_> = GENERATED.into_iter().filter(|(name, _)| !is_known(name)).collect();
        if missing.is_empty() {
            return Ok(());
        }
        let lines: String =
            missing.iter().map(|(name, make)| format!("{}={}\n", variable(name), make())).collect();
        let mut options = OpenOptions::new();
        options.append(true).create(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        options
            .open(&file)
            .and_then(|mut opened| opened.write_all(lines.as_bytes()))
            .with_context(|| format!("cannot write {}", file.display()))?;
        let names: Vec<_> = missing.iter().map(|(name, _)| *name).collect();
        eprintln!("New secrets for this folder ({}) are in {}.", names.join(", "), file.display());
        Ok(())
    }
}

fn variable(name: &str) -> String {
    format!("SPIN_VARIABLE_{}", name.to_uppercase())
}

fn random_hex() -> String {
    let bytes: [u8; SECRET_BYTES] = rand::random();
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// A private key of P-256. Below half of the range no number is above the curve's order.
fn random_vapid_key() -> String {
    let mut bytes: [u8; SECRET_BYTES] = rand::random();
    bytes[0] &= 0x7f;
    URL_SAFE_NO_PAD.encode(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_made_once_and_only_their_owner_reads_them() {
        let scratch = tempfile::tempdir().unwrap();
        let folder = DataFolder { path: scratch.path().join("data") };
        folder.prepare().unwrap();
        let first = folder.admin_token().unwrap();
        folder.prepare().unwrap();
        assert_eq!(folder.admin_token().unwrap(), first);
        assert_eq!(first.len(), 2 * SECRET_BYTES);
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let mode = fs::metadata(folder.secrets_file()).unwrap().permissions().mode();
            assert_eq!(mode & 0o777, 0o600);
        }
    }

    #[test]
    fn a_folder_of_an_earlier_release_gets_what_it_lacks_and_keeps_what_it_has() {
        let scratch = tempfile::tempdir().unwrap();
        let folder = DataFolder { path: scratch.path().to_owned() };
        fs::write(folder.secrets_file(), "SPIN_VARIABLE_ADMIN_TOKEN=mine\n").unwrap();
        folder.prepare().unwrap();
        let text = fs::read_to_string(folder.secrets_file()).unwrap();
        assert_eq!(folder.admin_token().unwrap(), "mine");
        assert_eq!(text.lines().count(), GENERATED.len());
        assert!(text.contains("\nSPIN_VARIABLE_VAPID_PRIVATE_KEY="), "{text}");
    }

    #[test]
    fn a_folder_that_never_ran_says_what_to_do() {
        let scratch = tempfile::tempdir().unwrap();
        let folder = DataFolder { path: scratch.path().to_owned() };
        assert!(folder.admin_token().unwrap_err().to_string().contains("cargo xtask up"));
    }
}
