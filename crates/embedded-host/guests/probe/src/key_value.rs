//! A key-value store as the guest sees it: one call per line, one line per answer.

use spin_sdk::key_value::{Error, Store};

/// Runs every line of `script` on one store: `set <key> <value>`, `get <key>`, `exists <key>`,
/// `delete <key>`, `keys`, or `open <n>`, which holds that many stores open at once.
pub fn run(label: &str, script: &str) -> String {
    let store = match Store::open(label) {
        Ok(store) => store,
        Err(error) => return format!("open: {error:?}\n"),
    };
    script.lines().map(|line| told(call(&store, label, line.trim()))).collect()
}

fn call(store: &Store, label: &str, line: &str) -> Result<String, Error> {
    let mut words = line.splitn(3, ' ');
    let mut word = || words.next().unwrap_or_default();
    match (word(), word(), word()) {
        ("set", key, value) => store.set(key, value.as_bytes()).map(|()| "set".to_owned()),
        ("get", key, _) => store.get(key).map(|value| match value {
            Some(value) => String::from_utf8_lossy(&value).into_owned(),
            None => "nothing".to_owned(),
        }),
        ("exists", key, _) => store.exists(key).map(|exists| exists.to_string()),
        ("delete", key, _) => store.delete(key).map(|()| "deleted".to_owned()),
        ("open", stores, _) => {
            let open = |_| Store::open(label);
            let held: Result<Vec<Store>, Error> =
                (0..stores.parse().unwrap_or_default()).map(open).collect();
            held.map(|held| format!("{} more", held.len()))
        }
        _ => store.get_keys().map(|keys| keys.join(" ")),
    }
}

fn told(answer: Result<String, Error>) -> String {
    match answer {
        Ok(text) => text + "\n",
        Err(error) => format!("error: {error:?}\n"),
    }
}
