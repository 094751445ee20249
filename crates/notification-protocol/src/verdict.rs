//! What an answer means for the message and for its channel, and how long a server asks to wait.

use std::time::Duration;

use chrono::{DateTime, Utc};
use http::{HeaderMap, header};

/// A server may ask for patience, not for silence: what it says beyond a day counts as a day.
pub const RETRY_AFTER_MAX: Duration = Duration::from_secs(24 * 60 * 60);

/// What becomes of a message after an attempt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    Delivered,
    /// Something that may pass; never sooner than `after`, where the server named a time.
    Retry {
        reason: String,
        after: Option<Duration>,
    },
    /// This message will never be taken; another one may be.
    Refused {
        reason: String,
    },
    /// Nothing will ever be taken there again.
    Gone {
        reason: String,
    },
}

/// `Retry-After` in either of its forms, bounded.
pub fn retry_after(headers: &HeaderMap, now: DateTime<Utc>) -> Option<Duration> {
    let text = headers.get(header::RETRY_AFTER)?.to_str().ok()?.trim();
    let asked = match text.parse().ok() {
        Some(seconds) => Duration::from_secs(seconds),
        None => {
            let until = DateTime::parse_from_rfc2822(text).ok()?.with_timezone(&Utc);
            (until - now).to_std().unwrap_or_default()
        }
    };
    Some(asked.min(RETRY_AFTER_MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(value: &str, expected_s: Option<u64>) {
        let now = "1994-11-06T08:49:07Z".parse().unwrap();
        let mut headers = HeaderMap::new();
        headers.insert(header::RETRY_AFTER, value.parse().unwrap());
        assert_eq!(retry_after(&headers, now), expected_s.map(Duration::from_secs), "{value}");
    }

    #[test]
    fn retry_after_is_seconds_or_a_date_and_never_more_than_a_day() {
        check("120", Some(120));
        check(" 0 ", Some(0));
        check("Sun, 06 Nov 1994 08:49:37 GMT", Some(30));
        check("Sun, 06 Nov 1994 08:40:00 GMT", Some(0));
        check("99999999", Some(86_400));
        check("Sat, 06 Nov 2094 08:49:37 GMT", Some(86_400));
        for unreadable in ["", "soon", "-5", "1.5"] {
            check(unreadable, None);
        }
    }
}
