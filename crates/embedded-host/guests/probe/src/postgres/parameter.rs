//! A parameter from its text: `type:text`, or `null`.

use std::str::FromStr;

use spin_sdk::pg4::{Interval, ParameterValue, RangeBoundKind};

type Bound<T> = Option<(T, RangeBoundKind)>;

pub fn parse(text: &str) -> ParameterValue {
    let (kind, text) = text.split_once(':').unwrap_or((text, ""));
    match kind {
        "boolean" => ParameterValue::Boolean(number(text)),
        "int8" => ParameterValue::Int8(number(text)),
        "int16" => ParameterValue::Int16(number(text)),
        "int32" => ParameterValue::Int32(number(text)),
        "int64" => ParameterValue::Int64(number(text)),
        "floating32" => ParameterValue::Floating32(number(text)),
        "floating64" => ParameterValue::Floating64(number(text)),
        "str" => ParameterValue::Str(text.to_owned()),
        "binary" => ParameterValue::Binary(text.as_bytes().to_vec()),
        "date" => {
            let mut parts = text.split(',');
            ParameterValue::Date((next(&mut parts), next(&mut parts), next(&mut parts)))
        }
        "time" => {
            let mut parts = text.split(',');
            let (hour, minute) = (next(&mut parts), next(&mut parts));
            ParameterValue::Time((hour, minute, next(&mut parts), next(&mut parts)))
        }
        "datetime" => {
            let mut parts = text.split(',');
            let (year, month, day) = (next(&mut parts), next(&mut parts), next(&mut parts));
            let (hour, minute) = (next(&mut parts), next(&mut parts));
            let (second, nanosecond) = (next(&mut parts), next(&mut parts));
            ParameterValue::Datetime((year, month, day, hour, minute, second, nanosecond))
        }
        "timestamp" => ParameterValue::Timestamp(number(text)),
        "uuid" => ParameterValue::Uuid(text.to_owned()),
        "jsonb" => ParameterValue::Jsonb(text.as_bytes().to_vec()),
        "decimal" => ParameterValue::Decimal(text.to_owned()),
        "range-int32" => ParameterValue::RangeInt32(range(text)),
        "range-int64" => ParameterValue::RangeInt64(range(text)),
        "range-decimal" => ParameterValue::RangeDecimal(range(text)),
        "array-int32" => ParameterValue::ArrayInt32(array(text)),
        "array-int64" => ParameterValue::ArrayInt64(array(text)),
        "array-decimal" => ParameterValue::ArrayDecimal(array(text)),
        "array-str" => ParameterValue::ArrayStr(array(text)),
        "interval" => {
            let mut parts = text.split(',');
            let micros = next(&mut parts);
            let (days, months) = (next(&mut parts), next(&mut parts));
            ParameterValue::Interval(Interval { micros, days, months })
        }
        _ => ParameterValue::DbNull,
    }
}

fn number<T: FromStr>(text: &str) -> T {
    text.parse().unwrap_or_else(|_| panic!("{text:?} is not what its type says"))
}

fn next<T: FromStr>(parts: &mut std::str::Split<'_, char>) -> T {
    number(parts.next().unwrap_or_default())
}

fn array<T: FromStr>(text: &str) -> Vec<Option<T>> {
    let element = |text| if text == "null" { None } else { Some(number(text)) };
    text.split(',').map(element).collect()
}

/// As the server writes it: `[1,5)`, `(,5]`.
fn range<T: FromStr>(text: &str) -> (Bound<T>, Bound<T>) {
    let kind = |c| match c {
        Some('[' | ']') => RangeBoundKind::Inclusive,
        _ => RangeBoundKind::Exclusive,
    };
    let (lower_kind, upper_kind) = (kind(text.chars().next()), kind(text.chars().next_back()));
    let (lower, upper) = text[1..text.len() - 1].split_once(',').unwrap_or_default();
    let bound = |text: &str, kind| (!text.is_empty()).then(|| (number(text), kind));
    (bound(lower, lower_kind), bound(upper, upper_kind))
}
