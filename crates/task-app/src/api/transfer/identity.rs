//! What names a record of a file for ever, so that uploading the file again brings nothing twice.

use std::collections::HashMap;

use task_domain::{TaskNumber, UserId};
use task_interchange::Format;

use crate::auth::fingerprint;

/// Names that programs give are UUIDs or addresses; a longer one is known by its fingerprint.
const UID_BYTES_MAX: usize = 200;

/// The names that programs give hold in every format.
const GIVEN: &str = "uid";

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Identity {
    /// Whose names these are: the programs', or one format's records without any.
    pub(super) source: &'static str,
    pub(super) uid: String,
}

/// Tells apart the records of one file.
pub(super) struct Identities {
    format: Format,
    /// How many records of each fingerprint there were; its first half is enough to tell.
    seen: HashMap<u64, u32>,
}

impl Identities {
    pub(super) fn new(format: Format) -> Self {
        Identities { format, seen: HashMap::new() }
    }

    /// A record without a name is known by what it says, and among those that say the same by how
    /// many came before it. So a line that moves is the same task, and two equal lines are two.
    pub(super) fn of(&mut self, uid: Option<&str>, text: &[u8]) -> Identity {
        if let Some(uid) = uid {
            let is_short = uid.len() <= UID_BYTES_MAX;
            let uid = if is_short { uid.to_owned() } else { fingerprint(uid.as_bytes()) };
            return Identity { source: GIVEN, uid };
        }
        let print = fingerprint(text);
        let short = u64::from_str_radix(&print[..16], 16).unwrap_or_default();
        let ordinal = self.seen.entry(short).or_default();
        *ordinal += 1;
        Identity { source: self.format.as_str(), uid: format!("{print}#{ordinal}") }
    }
}

/// The name that an export gives to a task.
pub(super) fn exported(number: TaskNumber, user: UserId) -> String {
    format!("{number}@{user}")
}

/// The task of this user that an export gave the name to.
pub(super) fn own(uid: Option<&str>, user: UserId) -> Option<TaskNumber> {
    let (number, owner) = uid?.split_once('@')?;
    let number = number.parse().ok().map(TaskNumber)?;
    (owner == user.to_string()).then_some(number)
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    const USER: UserId = UserId(Uuid::from_u128(7));

    #[test]
    fn equal_lines_are_two_tasks_wherever_they_stand() {
        let read = |lines: &[&str]| {
            let mut identities = Identities::new(Format::TodoTxt);
            lines.iter().map(|line| identities.of(None, line.as_bytes())).collect::<Vec<_>>()
        };
        let file = read(&["milk", "eggs", "milk"]);
        assert_ne!(file[0], file[2]);
        let moved = read(&["eggs", "milk", "flour", "milk"]);
        assert_eq!([&moved[1], &moved[0], &moved[3]], [&file[0], &file[1], &file[2]]);
    }

    #[test]
    fn a_given_name_holds_in_every_format() {
        let named = |format| Identities::new(format).of(Some("a1"), b"");
        assert_eq!(named(Format::Json), named(Format::ICalendar));
        let unnamed = |format| Identities::new(format).of(None, b"milk");
        assert_ne!(unnamed(Format::Json), unnamed(Format::TodoTxt));
    }

    #[test]
    fn a_long_name_is_known_by_its_fingerprint() {
        let long = "n".repeat(UID_BYTES_MAX + 1);
        assert_eq!(Identities::new(Format::Csv).of(Some(&long), b"").uid.len(), 64);
    }

    #[test]
    fn an_exported_name_leads_back_to_its_task() {
        let uid = exported(TaskNumber(3), USER);
        assert_eq!(own(Some(&uid), USER), Some(TaskNumber(3)));
        assert_eq!(own(Some(&uid), UserId(Uuid::from_u128(8))), None);
        assert_eq!(own(Some("3"), USER), None);
    }
}
