//! Go's notation of durations (`1h30m`, `500ms`, `-1.5s`), which Dapr's files and flags use. Pure.

use std::time::Duration;

/// Reads a duration that is zero or more. `None` when it is not one in Go's notation.
pub fn parse(text: &str) -> Option<Duration> {
    if text == "0" {
        return Some(Duration::ZERO);
    }
    let mut rest = text.strip_prefix('+').unwrap_or(text);
    if rest.is_empty() {
        return None;
    }
    let mut total = Duration::ZERO;
    while !rest.is_empty() {
        let digits = rest.find(|c: char| !c.is_ascii_digit() && c != '.')?;
        let amount: f64 = rest[..digits].parse().ok()?;
        rest = &rest[digits..];
        let letters = rest.find(|c: char| c.is_ascii_digit() || c == '.').unwrap_or(rest.len());
        let unit = match &rest[..letters] {
            "ns" => 1e-9,
            "us" | "µs" | "μs" => 1e-6,
            "ms" => 1e-3,
            "s" => 1.0,
            "m" => 60.0,
            "h" => 3_600.0,
            _ => return None,
        };
        rest = &rest[letters..];
        total = total.checked_add(Duration::try_from_secs_f64(amount * unit).ok()?)?;
    }
    Some(total)
}

/// Writes a duration the way Go prints it, down to milliseconds.
pub(crate) fn format(duration: Duration) -> String {
    let millis = duration.as_millis();
    if millis < 1_000 {
        return format!("{millis}ms");
    }
    let (seconds, fraction) = (millis / 1_000, millis % 1_000);
    let (hours, minutes, seconds) = (seconds / 3_600, seconds / 60 % 60, seconds % 60);
    let mut text = String::new();
    if hours > 0 {
        text.push_str(&format!("{hours}h"));
    }
    if hours > 0 || minutes > 0 {
        text.push_str(&format!("{minutes}m"));
    }
    text.push_str(&match fraction {
        0 => format!("{seconds}s"),
        _ => format!("{}s", format!("{seconds}.{fraction:03}").trim_end_matches('0')),
    });
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn units_add_up() {
        let ms = |text| parse(text).map(|duration| duration.as_millis());
        assert_eq!(ms("1h30m"), Some(5_400_000));
        assert_eq!(ms("1.5s"), Some(1_500));
        assert_eq!(ms("2m0.25s"), Some(120_250));
        assert_eq!(ms("0"), Some(0));
    }

    #[test]
    fn what_go_refuses_is_refused() {
        for text in ["", "5", "s", "1 s", "1d", "-1s", "1.2.3s", "1s1"] {
            assert_eq!(parse(text), None, "{text:?}");
        }
    }

    #[test]
    fn printing_is_gos() {
        let print = |ms| format(Duration::from_millis(ms));
        assert_eq!(
            [500, 1_500, 5_000, 60_000, 3_600_000].map(print),
            ["500ms", "1.5s", "5s", "1m0s", "1h0m0s"]
        );
    }
}
