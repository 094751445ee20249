//! Spelling of URL paths: how a name becomes a path segment and how the sidecar reads it back.
//! Knows no API.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};

/// Everything but RFC 3986's unreserved characters. In particular `+`, which Dapr reads as a
/// space, and `%`.
const SEGMENT: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');
/// A topic is the rest of the path, so its own slashes stay.
const TOPIC: &AsciiSet = &SEGMENT.remove(b'/');

pub(crate) fn segment(name: &str) -> impl std::fmt::Display + '_ {
    utf8_percent_encode(name, SEGMENT)
}

pub(crate) fn topic(name: &str) -> impl std::fmt::Display + '_ {
    utf8_percent_encode(name, TOPIC)
}

/// A path segment or query value as Dapr unescapes it: `+` is a space. `None` when it is not
/// valid percent-encoded UTF-8.
pub(crate) fn unescape(raw: &str) -> Option<String> {
    let spaced = raw.replace('+', " ");
    let mut rest = spaced.as_str();
    while let Some(at) = rest.find('%') {
        let digits = rest.get(at + 1..at + 3)?;
        if !digits.bytes().all(|digit| digit.is_ascii_hexdigit()) {
            return None;
        }
        rest = &rest[at + 3..];
    }
    Some(percent_decode_str(&spaced).decode_utf8().ok()?.into_owned())
}

/// The segments of a path after Dapr's cleaning: `//` and `/./` collapse, `..` steps back, a
/// trailing slash means nothing.
pub(crate) fn clean(path: &str) -> Vec<&str> {
    let mut segments = Vec::new();
    for segment in path.split('/') {
        match segment {
            "" | "." => {}
            ".." => {
                segments.pop();
            }
            name => segments.push(name),
        }
    }
    segments
}
