//! From a guest to the server: a parameter of each type.

use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime};
use rust_decimal::Decimal;
use tokio_postgres::types::ToSql;
use uuid::Uuid;

use super::any::Null;
use super::interval::SqlInterval;
use super::range::{Bound, SqlRange};
use crate::guest::bindings::spin::postgres::postgres::ParameterValue;

type Parameter = Box<dyn ToSql + Sync + Send>;

/// A value that is not what its type says.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ParameterFault {
    #[error("there is no day {year}-{month}-{day}")]
    Date { year: i32, month: u8, day: u8 },
    #[error("there is no time {hour}:{minute}:{second} and {nanosecond} ns")]
    Time { hour: u8, minute: u8, second: u8, nanosecond: u32 },
    #[error("{seconds} s since 1970 are out of range")]
    Timestamp { seconds: i64 },
    #[error("{text:?} is not a UUID")]
    Uuid { text: String, source: uuid::Error },
    #[error("it is not JSON")]
    Json { source: serde_json::Error },
    #[error("{text:?} is not a decimal number of at most 28 digits")]
    Decimal { text: String, source: rust_decimal::Error },
}

/// Each type of the interface fits one type of the server; another one is refused when it is bound.
pub(in super::super) fn into_parameter(value: ParameterValue) -> Result<Parameter, ParameterFault> {
    Ok(match value {
        ParameterValue::Boolean(value) => Box::new(value),
        ParameterValue::Int8(value) => Box::new(value),
        ParameterValue::Int16(value) => Box::new(value),
        ParameterValue::Int32(value) => Box::new(value),
        ParameterValue::Int64(value) => Box::new(value),
        ParameterValue::Floating32(value) => Box::new(value),
        ParameterValue::Floating64(value) => Box::new(value),
        ParameterValue::Str(value) => Box::new(value),
        ParameterValue::Binary(value) => Box::new(value),
        ParameterValue::Date((year, month, day)) => Box::new(date(year, month, day)?),
        ParameterValue::Time((hour, minute, second, nanosecond)) => {
            Box::new(time(hour, minute, second, nanosecond)?)
        }
        ParameterValue::Datetime((year, month, day, hour, minute, second, nanosecond)) => {
            let time = time(hour, minute, second, nanosecond)?;
            Box::new(NaiveDateTime::new(date(year, month, day)?, time))
        }
        ParameterValue::Timestamp(seconds) => {
            let fault = ParameterFault::Timestamp { seconds };
            Box::new(DateTime::from_timestamp(seconds, 0).ok_or(fault)?)
        }
        ParameterValue::Uuid(text) => Box::new(
            Uuid::parse_str(&text).map_err(|source| ParameterFault::Uuid { text, source })?,
        ),
        ParameterValue::Jsonb(text) => {
            let json: Result<serde_json::Value, _> = serde_json::from_slice(&text);
            Box::new(json.map_err(|source| ParameterFault::Json { source })?)
        }
        ParameterValue::Decimal(text) => Box::new(decimal(text)?),
        ParameterValue::RangeInt32((lower, upper)) => Box::new(SqlRange(lower, upper)),
        ParameterValue::RangeInt64((lower, upper)) => Box::new(SqlRange(lower, upper)),
        ParameterValue::RangeDecimal((lower, upper)) => {
            Box::new(SqlRange(decimal_bound(lower)?, decimal_bound(upper)?))
        }
        ParameterValue::ArrayInt32(values) => Box::new(values),
        ParameterValue::ArrayInt64(values) => Box::new(values),
        ParameterValue::ArrayDecimal(values) => {
            let values = values.into_iter().map(|value| value.map(decimal).transpose());
            Box::new(values.collect::<Result<Vec<_>, _>>()?)
        }
        ParameterValue::ArrayStr(values) => Box::new(values),
        ParameterValue::Interval(interval) => Box::new(SqlInterval(interval)),
        ParameterValue::DbNull => Box::new(Null),
    })
}

fn date(year: i32, month: u8, day: u8) -> Result<NaiveDate, ParameterFault> {
    let date = NaiveDate::from_ymd_opt(year, month.into(), day.into());
    date.ok_or(ParameterFault::Date { year, month, day })
}

fn time(hour: u8, minute: u8, second: u8, nanosecond: u32) -> Result<NaiveTime, ParameterFault> {
    let time = NaiveTime::from_hms_nano_opt(hour.into(), minute.into(), second.into(), nanosecond);
    time.ok_or(ParameterFault::Time { hour, minute, second, nanosecond })
}

/// Exactly, or not at all: rounding a number is no conversion.
fn decimal(text: String) -> Result<Decimal, ParameterFault> {
    Decimal::from_str_exact(&text).map_err(|source| ParameterFault::Decimal { text, source })
}

fn decimal_bound(bound: Bound<String>) -> Result<Bound<Decimal>, ParameterFault> {
    bound.map(|(text, kind)| Ok((decimal(text)?, kind))).transpose()
}
