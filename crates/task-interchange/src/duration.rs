//! ISO 8601 durations of fixed length, as JSON and iCalendar write them: weeks, days, hours,
//! minutes, seconds. Months and years are refused, because how long they are depends on when.

use chrono::Duration;

/// `PT15M`, `-P1D`, `+P1DT2H30M`, `P2W`.
pub(crate) fn parse_signed(text: &str) -> Option<Duration> {
    match text.strip_prefix('-') {
        Some(rest) => parse(rest).map(|duration| -duration),
        None => parse(text.strip_prefix('+').unwrap_or(text)),
    }
}

/// `PT15M`, `P1D`, `P1DT2H30M`, `P2W`.
pub fn parse(text: &str) -> Option<Duration> {
    let all = text.strip_prefix('P')?;
    let (date, time) = match all.split_once('T') {
        // A `T` announces a time, so one must follow.
        Some((_, "")) => return None,
        Some(parts) => parts,
        None => (all, ""),
    };
    if all.is_empty() {
        return None;
    }
    let days = sum(date, &[('W', 7 * 86_400), ('D', 86_400)])?;
    let seconds = sum(time, &[('H', 3_600), ('M', 60), ('S', 1)])?;
    Duration::try_seconds(days.checked_add(seconds)?)
}

/// Adds up `<number><unit>` pairs that come in the order of `units`, each at most once.
fn sum(mut text: &str, units: &[(char, i64)]) -> Option<i64> {
    let mut total = 0_i64;
    for (unit, seconds) in units {
        if let Some((number, rest)) = text.split_once(*unit) {
            if number.is_empty() || !number.bytes().all(|b| b.is_ascii_digit()) {
                return None;
            }
            total = total.checked_add(number.parse::<i64>().ok()?.checked_mul(*seconds)?)?;
            text = rest;
        }
    }
    text.is_empty().then_some(total)
}

/// The shortest usual spelling: `PT15M`, `P1D`, `PT1H30M`.
pub fn write(duration: Duration) -> String {
    let total_s = duration.num_seconds().max(0);
    let (days, rest) = (total_s / 86_400, total_s % 86_400);
    let parts = [(rest / 3_600, 'H'), (rest % 3_600 / 60, 'M'), (rest % 60, 'S')];
    let given = parts.iter().filter(|(amount, _)| *amount > 0);
    let time: String = given.map(|(amount, unit)| format!("{amount}{unit}")).collect();
    match (days, time.is_empty()) {
        (0, true) => "PT0S".to_owned(),
        (0, false) => format!("PT{time}"),
        (days, true) => format!("P{days}D"),
        (days, false) => format!("P{days}DT{time}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_read_and_write() {
        for (text, seconds, canonical) in [
            ("PT15M", 900, "PT15M"),
            ("P1D", 86_400, "P1D"),
            ("P2W", 1_209_600, "P14D"),
            ("P1DT2H30M", 95_400, "P1DT2H30M"),
            ("PT90M", 5_400, "PT1H30M"),
            ("PT0S", 0, "PT0S"),
        ] {
            let duration = parse(text).expect(text);
            assert_eq!(duration.num_seconds(), seconds, "{text}");
            assert_eq!(write(duration), canonical);
        }
    }

    #[test]
    fn what_has_no_fixed_length_or_no_sense_is_refused() {
        for text in ["", "P", "PT", "P1DT", "15M", "P1M", "P1Y", "PT1D", "PTM", "PT1M1H", "PT-1M"] {
            assert_eq!(parse(text), None, "{text}");
        }
        assert_eq!(parse("P99999999999999999999W"), None);
    }
}
