//! From what a clock on the wall shows to the instant it shows it. Clock changes make some times
//! come twice and others not at all; the zone's history itself is chrono-tz's.

use chrono::{DateTime, Duration, LocalResult, NaiveDateTime, Offset, TimeZone, Utc};
use chrono_tz::Tz;

/// How finely the time before a gap is searched. Any time shortly before will do, because clock
/// changes lie months apart.
const STEP_MINUTES: i64 = 15;

/// The longest gap there was is a whole day: Samoa left out 30 December 2011.
const GAP_MINUTES_MAX: i64 = 24 * 60;

/// The instant at which clocks in `tz` show `local`. A time that comes twice is the first of the
/// two; one that is left out moves forward by as much as the clocks do (02:30 becomes 03:30).
pub(super) fn instant(local: NaiveDateTime, tz: Tz) -> Option<DateTime<Utc>> {
    match tz.from_local_datetime(&local) {
        LocalResult::Single(at) | LocalResult::Ambiguous(at, _) => Some(at.with_timezone(&Utc)),
        LocalResult::None => {
            let offset = offset_before_gap(local, tz)?;
            Some((local - offset).and_utc())
        }
    }
}

/// How far clocks were ahead of UTC before they jumped over `local`.
fn offset_before_gap(local: NaiveDateTime, tz: Tz) -> Option<Duration> {
    (1..=GAP_MINUTES_MAX / STEP_MINUTES).find_map(|steps| {
        let earlier = local - Duration::minutes(steps * STEP_MINUTES);
        let offset = tz.offset_from_local_datetime(&earlier).latest()?.fix();
        Some(Duration::seconds(i64::from(offset.local_minus_utc())))
    })
}
