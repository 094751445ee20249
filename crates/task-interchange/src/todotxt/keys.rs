//! The `key:value` words of a line: the ones that todo.txt programs share, and the ones that say
//! what those have no word for. Any other word with a colon in it is text.

use chrono::NaiveTime;
use chrono_tz::Tz;
use task_domain::Tag;

use crate::{duration, escape, instant, recurrence};

/// What programs agree on. A value that makes no sense is a fault.
const SHARED: [&str; 4] = ["due", "t", "rec", "pri"];

/// Ours. The words are common ones, so a value that makes no sense leaves them text.
const OWN: [&str; 17] = [
    "time",
    "tz",
    "at",
    "rrule",
    "basis",
    "anchor",
    "occurrence",
    "remind",
    "created",
    "updated",
    "done",
    "uid",
    "title",
    "tag",
    "note",
    "sub",
    "subdone",
];

/// The keys of one line in their order.
#[derive(Default)]
pub(super) struct Keys<'l>(Vec<(&'static str, &'l str)>);

impl<'l> Keys<'l> {
    /// Whether the word is a key with its value.
    pub(super) fn take(&mut self, word: &'l str) -> bool {
        let Some(found) = key(word) else { return false };
        self.0.push(found);
        true
    }

    /// The first value of a key.
    pub(super) fn get(&self, name: &str) -> Option<&'l str> {
        self.all(&[name]).next().map(|(_, value)| value)
    }

    pub(super) fn all(&self, names: &[&str]) -> impl Iterator<Item = (&'static str, &'l str)> {
        self.0.iter().copied().filter(move |(name, _)| names.contains(name))
    }
}

pub(super) fn key(word: &str) -> Option<(&'static str, &str)> {
    let (name, value) = word.split_once(':')?;
    let known = |names: &[&'static str]| names.iter().copied().find(|known| *known == name);
    if let Some(name) = known(&SHARED) {
        // `due:` alone is the end of a sentence.
        return (!value.is_empty()).then_some((name, value));
    }
    known(&OWN).filter(|name| makes_sense(name, value)).map(|name| (name, value))
}

fn makes_sense(name: &str, value: &str) -> bool {
    match name {
        "time" => time(value).is_some(),
        "tz" => value.parse::<Tz>().is_ok(),
        "at" | "created" | "updated" | "done" => instant::parse(value).is_ok(),
        "rrule" => value.starts_with("FREQ="),
        "basis" => recurrence::basis(value).is_ok(),
        "anchor" => recurrence::anchor(value).is_ok(),
        "occurrence" => value.parse::<u32>().is_ok_and(|occurrence| occurrence > 0),
        "remind" => duration::parse(value).is_some() || instant::parse(value).is_ok(),
        "uid" => !value.is_empty() && escape::text(value).is_some(),
        "tag" => tag(value).is_some(),
        _ => escape::text(value).is_some(),
    }
}

pub(super) fn tag(value: &str) -> Option<Tag> {
    Tag::parse(&escape::text(value)?).ok()
}

/// `09:00`, or with seconds.
pub(super) fn time(text: &str) -> Option<NaiveTime> {
    let format = if text.len() == 5 { "%H:%M" } else { "%H:%M:%S" };
    NaiveTime::parse_from_str(text, format).ok()
}

pub(super) fn write_time(time: NaiveTime) -> String {
    let text = time.format("%H:%M:%S").to_string();
    text.strip_suffix(":00").unwrap_or(&text).to_owned()
}
