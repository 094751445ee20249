//! One address, and nothing that a mail program could take for two.

use thiserror::Error;

/// RFC 5321's bound on an address in an envelope.
pub const ADDRESS_CHARS_MAX: usize = 254;

/// `name@host`, in ASCII, without a display name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Address(String);

#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
#[error("one address like name@example.org, of at most {ADDRESS_CHARS_MAX} characters")]
pub struct AddressFault;

impl Address {
    pub fn parse(text: &str) -> Result<Address, AddressFault> {
        let text = text.trim();
        let (local, host) = text.rsplit_once('@').ok_or(AddressFault)?;
        let fits = text.len() <= ADDRESS_CHARS_MAX;
        if fits && is_local(local) && is_host(host) {
            Ok(Address(format!("{local}@{}", host.to_ascii_lowercase())))
        } else {
            Err(AddressFault)
        }
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A dot-atom of RFC 5322. Quoted ones exist on paper only, and could hold a second `@`.
fn is_local(text: &str) -> bool {
    const SPECIAL: &[u8] = b"!#$%&'*+-/=?^_`{|}~";
    let atom = |atom: &str| {
        !atom.is_empty() && atom.bytes().all(|b| b.is_ascii_alphanumeric() || SPECIAL.contains(&b))
    };
    text.split('.').all(atom)
}

fn is_host(text: &str) -> bool {
    let label = |label: &str| {
        !label.is_empty()
            && label.len() <= 63
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
    };
    text.contains('.') && text.split('.').all(label)
}
