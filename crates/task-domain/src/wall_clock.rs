//! From what a clock on the wall shows to the instant at which it shows it. Clock changes make some
//! times come twice and others not at all; the zone's history itself is chrono-tz's.

use chrono::{DateTime, LocalResult, NaiveDateTime, Offset, TimeZone, Utc};
use chrono_tz::{GapInfo, Tz};

/// The instant at which clocks in `tz` show `local`. A time that comes twice is the first of the
/// two; one that is left out moves forward by as much as the clocks do (02:30 becomes 03:30).
pub(crate) fn instant(local: NaiveDateTime, tz: Tz) -> Option<DateTime<Utc>> {
    match tz.from_local_datetime(&local) {
        LocalResult::Single(at) | LocalResult::Ambiguous(at, _) => Some(at.to_utc()),
        LocalResult::None => {
            let (_, before_gap) = GapInfo::new(&local, &tz)?.begin?;
            Some((local - before_gap.fix()).and_utc())
        }
    }
}

/// The first instant after `after` from which on clocks in `tz` have reached `local`. Unlike
/// [`instant`], a time that is left out is reached when the clocks jump over it (at 03:00).
pub(crate) fn reached(local: NaiveDateTime, tz: Tz, after: DateTime<Utc>) -> Option<DateTime<Utc>> {
    let candidates = match tz.from_local_datetime(&local) {
        LocalResult::Single(at) => [Some(at), None],
        LocalResult::Ambiguous(first, second) => [Some(first), Some(second)],
        LocalResult::None => [GapInfo::new(&local, &tz)?.end, None],
    };
    candidates.into_iter().flatten().map(|at| at.to_utc()).find(|at| *at > after)
}
