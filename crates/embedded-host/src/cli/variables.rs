//! Where the process finds application variables: flags, env files, its environment.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};

/// `NAME=VALUE`, `NAME=@FILE` (the file's text) and `@FILE.toml` (a table), later ones winning.
pub(super) fn overrides(arguments: &[String]) -> anyhow::Result<BTreeMap<String, String>> {
    let mut values = BTreeMap::new();
    for argument in arguments {
        if let Some(file) = argument.strip_prefix('@') {
            values.extend(table(Path::new(file))?);
            continue;
        }
        let Some((name, value)) = argument.split_once('=') else {
            bail!("--variable {argument:?} is not NAME=VALUE");
        };
        let value = match value.strip_prefix('@') {
            Some(file) => std::fs::read_to_string(file)
                .with_context(|| format!("cannot read variable {name} from {file}"))?,
            None => value.to_owned(),
        };
        values.insert(name.to_owned(), value);
    }
    Ok(values)
}

/// The process environment over the files, of which later ones win.
pub(super) fn environment(files: &[PathBuf]) -> anyhow::Result<BTreeMap<String, String>> {
    let mut values = BTreeMap::new();
    for file in files {
        let entries = dotenvy::from_path_iter(file)
            .with_context(|| format!("cannot read the env file {}", file.display()))?;
        for entry in entries {
            let (name, value) =
                entry.with_context(|| format!("the env file {} is malformed", file.display()))?;
            values.insert(name, value);
        }
    }
    let process = std::env::vars_os();
    values.extend(
        process.filter_map(|(name, value)| {
            Some((name.into_string().ok()?, value.into_string().ok()?))
        }),
    );
    Ok(values)
}

fn table(file: &Path) -> anyhow::Result<BTreeMap<String, String>> {
    let named = || format!("cannot read variables from {}", file.display());
    let table: toml::Table =
        std::fs::read_to_string(file).with_context(named)?.parse().with_context(named)?;
    let mut values = BTreeMap::new();
    for (name, value) in table {
        match value {
            toml::Value::String(text) => drop(values.insert(name, text)),
            other => bail!("{}: {name} is a {}, not a string", file.display(), other.type_str()),
        }
    }
    Ok(values)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_come_from_the_flag_or_from_files() {
        let folder = tempfile::tempdir().unwrap();
        let write = |name: &str, text: &str| {
            let path = folder.path().join(name);
            std::fs::write(&path, text).unwrap();
            path.display().to_string()
        };
        let secret = write("secret", "from a file");
        let several = write("several.toml", "one = \"1\"\ntwo = \"2\"");
        let arguments =
            ["plain=a=b".to_owned(), format!("secret=@{secret}"), format!("@{several}")];
        let values = overrides(&arguments).unwrap();
        let told: Vec<_> = values.iter().map(|(name, value)| format!("{name}={value}")).collect();
        assert_eq!(told, ["one=1", "plain=a=b", "secret=from a file", "two=2"]);
        assert!(overrides(&["nothing".to_owned()]).is_err());
    }

    #[test]
    fn an_env_file_is_read_like_the_environment() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("env");
        std::fs::write(&path, "# why\nSPIN_VARIABLE_ONLY_HERE='a b'\n").unwrap();
        let values = environment(&[path]).unwrap();
        assert_eq!(values["SPIN_VARIABLE_ONLY_HERE"], "a b");
        assert!(values.contains_key("PATH"));
    }
}
