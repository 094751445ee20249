//! The next occurrence after an instant. The cost does not depend on how long ago the series began.

use chrono::{DateTime, Days, Utc};
use chrono_tz::Tz;

use super::Recurrence;
use super::calendar::days_from;
use crate::ids::Ordinal;
use crate::wall_clock;

/// The first occurrence strictly after `after`; `None` when the rule has no more.
///
/// COUNT is not looked at: how many occurrences there were is known by the series' instances.
pub fn next_after(recurrence: &Recurrence, tz: Tz, after: DateTime<Utc>) -> Option<DateTime<Utc>> {
    let Recurrence { rule, anchor, .. } = recurrence;
    // A day that a zone left out altogether happens on the day after it, so begin a day early.
    let earliest = after.with_timezone(&tz).date_naive() - Days::new(1);
    days_from(rule, anchor.date(), earliest)
        .filter_map(|day| wall_clock::instant(day.and_time(anchor.time()), tz))
        .find(|at| *at > after)
        .filter(|at| !rule.is_over_at(*at))
}

/// When the instance due at `due_at` and completed at `completed_at` comes again: the first
/// occurrence after both. Counted from a completion, that day itself is never the next one.
pub fn next_due(
    recurrence: &Recurrence,
    tz: Tz,
    due_at: DateTime<Utc>,
    completed_at: DateTime<Utc>,
) -> Option<DateTime<Utc>> {
    let counted = recurrence.counted_from(tz, completed_at);
    let anchor = wall_clock::instant(counted.anchor, tz)?;
    next_after(&counted, tz, due_at.max(completed_at).max(anchor))
}

/// The instance due at `due_at`, which is the `ordinal`th of its series, and those that follow it
/// up to the end of the series. Take as many as you need: a series may have no end.
pub fn occurrences(
    recurrence: &Recurrence,
    tz: Tz,
    due_at: DateTime<Utc>,
    ordinal: Ordinal,
) -> impl Iterator<Item = DateTime<Utc>> {
    let left = recurrence
        .rule
        .count()
        .map_or(usize::MAX, |count| (count + 1).saturating_sub(ordinal.0) as usize);
    std::iter::successors(Some(due_at), move |at| next_after(recurrence, tz, *at)).take(left)
}
