//! When the next attempt is: fixed waits, so that everyone can say when the last one will be.

use std::time::Duration;

/// The waits between attempts. The first attempt is made at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Schedule(&'static [Duration]);

const fn seconds(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

const fn minutes(minutes: u64) -> Duration {
    seconds(minutes * 60)
}

const fn hours(hours: u64) -> Duration {
    minutes(hours * 60)
}

impl Schedule {
    /// For programs, which want everything, late or not: the waits of Standard Webhooks, some
    /// three days in all.
    pub const PROGRAMS: Schedule = Schedule(&[
        seconds(5),
        minutes(5),
        minutes(30),
        hours(2),
        hours(5),
        hours(10),
        hours(14),
        hours(20),
        hours(24),
    ]);

    /// For people, who do not want to hear tomorrow what was due today: some eight hours in all,
    /// and most tries while the reminder is still of use.
    pub const PEOPLE: Schedule = Schedule(&[
        seconds(5),
        seconds(30),
        minutes(2),
        minutes(10),
        minutes(30),
        hours(1),
        hours(2),
        hours(4),
    ]);

    /// How long to wait after this many attempts, `None` when that was the last one. A server that
    /// asks for more time gets it.
    pub fn wait_after(self, attempts: usize, asked: Option<Duration>) -> Option<Duration> {
        let wait = *self.0.get(attempts.checked_sub(1)?)?;
        Some(asked.map_or(wait, |asked| asked.max(wait)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn programs_are_tried_ten_times_over_three_days() {
        let waits: Vec<u64> = (1..)
            .map_while(|attempts| Schedule::PROGRAMS.wait_after(attempts, None))
            .map(|wait| wait.as_secs())
            .collect();
        assert_eq!(waits, [5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400]);
    }

    #[test]
    fn people_are_not_told_the_next_day() {
        let all: Duration =
            (1..).map_while(|attempts| Schedule::PEOPLE.wait_after(attempts, None)).sum();
        assert!(all < hours(8), "{all:?}");
    }

    #[test]
    fn a_server_can_ask_for_more_time_but_not_for_less_or_for_ever() {
        let after = |asked| Schedule::PROGRAMS.wait_after(1, Some(asked));
        assert_eq!(after(seconds(60)), Some(seconds(60)));
        assert_eq!(after(seconds(1)), Some(seconds(5)));
        assert_eq!(Schedule::PROGRAMS.wait_after(10, Some(seconds(60))), None);
    }
}
