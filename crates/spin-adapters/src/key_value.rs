//! What may be forgotten, in Spin's default key-value store. A store that fails is as good as an
//! empty one, so its faults are logged and not told.

use spin_sdk::key_value::{Error, Store};

pub(crate) fn get(key: &str) -> Option<Vec<u8>> {
    let value = Store::open_default().and_then(|store| store.get(key));
    value.unwrap_or_else(|error| {
        tell(key, &error);
        None
    })
}

pub(crate) fn set(key: &str, value: &[u8]) {
    let stored = Store::open_default().and_then(|store| store.set(key, value));
    stored.unwrap_or_else(|error| tell(key, &error));
}

fn tell(key: &str, error: &Error) {
    tracing::error!(key, %error, "the key-value store failed");
}
