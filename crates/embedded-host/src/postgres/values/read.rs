//! From the server to a guest: the type and the value of a column.

use chrono::{Datelike, NaiveDate, NaiveDateTime, NaiveTime, Timelike};
use rust_decimal::Decimal;
use tokio_postgres::types::{FromSql, Type};
use tokio_postgres::{Error, Row};
use uuid::Uuid;

use super::any::Raw;
use super::interval::SqlInterval;
use super::range::SqlRange;
use crate::guest::bindings::spin::postgres::postgres::{DbDataType, DbValue};

/// What a value costs besides its text, bytes or elements.
const VALUE_BYTES: usize = size_of::<DbValue>();

pub(in super::super) fn data_type(of_server: &Type) -> DbDataType {
    match *of_server {
        Type::BOOL => DbDataType::Boolean,
        Type::INT2 => DbDataType::Int16,
        Type::INT4 => DbDataType::Int32,
        Type::INT8 => DbDataType::Int64,
        Type::FLOAT4 => DbDataType::Floating32,
        Type::FLOAT8 => DbDataType::Floating64,
        Type::TEXT | Type::VARCHAR | Type::BPCHAR => DbDataType::Str,
        Type::BYTEA => DbDataType::Binary,
        Type::DATE => DbDataType::Date,
        Type::TIME => DbDataType::Time,
        Type::TIMESTAMP | Type::TIMESTAMPTZ => DbDataType::Datetime,
        Type::UUID => DbDataType::Uuid,
        Type::JSONB => DbDataType::Jsonb,
        Type::NUMERIC => DbDataType::Decimal,
        Type::INT4_RANGE => DbDataType::RangeInt32,
        Type::INT8_RANGE => DbDataType::RangeInt64,
        Type::NUM_RANGE => DbDataType::RangeDecimal,
        Type::INT4_ARRAY => DbDataType::ArrayInt32,
        Type::INT8_ARRAY => DbDataType::ArrayInt64,
        Type::NUMERIC_ARRAY => DbDataType::ArrayDecimal,
        Type::TEXT_ARRAY | Type::VARCHAR_ARRAY | Type::BPCHAR_ARRAY => DbDataType::ArrayStr,
        Type::INTERVAL => DbDataType::Interval,
        ref other => DbDataType::Other(other.name().to_owned()),
    }
}

/// The value of one column. TIMESTAMPTZ fails, as the type it is announced by cannot hold its zone.
pub(in super::super) fn read(row: &Row, index: usize) -> Result<DbValue, Error> {
    let cell = Cell { row, index };
    match *row.columns()[index].type_() {
        Type::BOOL => cell.read(DbValue::Boolean),
        Type::INT2 => cell.read(DbValue::Int16),
        Type::INT4 => cell.read(DbValue::Int32),
        Type::INT8 => cell.read(DbValue::Int64),
        Type::FLOAT4 => cell.read(DbValue::Floating32),
        Type::FLOAT8 => cell.read(DbValue::Floating64),
        Type::TEXT | Type::VARCHAR | Type::BPCHAR => cell.read(DbValue::Str),
        Type::BYTEA => cell.read(DbValue::Binary),
        Type::DATE => cell.read(|date: NaiveDate| DbValue::Date(date_parts(date))),
        Type::TIME => cell.read(|time: NaiveTime| DbValue::Time(time_parts(time))),
        Type::TIMESTAMP | Type::TIMESTAMPTZ => cell.read(datetime),
        Type::UUID => cell.read(|uuid: Uuid| DbValue::Uuid(uuid.to_string())),
        Type::JSONB => {
            cell.read(|json: serde_json::Value| DbValue::Jsonb(json.to_string().into_bytes()))
        }
        Type::NUMERIC => cell.read(|number: Decimal| DbValue::Decimal(number.to_string())),
        Type::INT4_RANGE => {
            cell.read(|range: SqlRange<i32>| DbValue::RangeInt32((range.0, range.1)))
        }
        Type::INT8_RANGE => {
            cell.read(|range: SqlRange<i64>| DbValue::RangeInt64((range.0, range.1)))
        }
        Type::NUM_RANGE => cell.read(|range: SqlRange<Decimal>| {
            DbValue::RangeDecimal(range.map(|number| number.to_string()))
        }),
        Type::INT4_ARRAY => cell.read(DbValue::ArrayInt32),
        Type::INT8_ARRAY => cell.read(DbValue::ArrayInt64),
        Type::NUMERIC_ARRAY => cell.read(decimals),
        Type::TEXT_ARRAY | Type::VARCHAR_ARRAY | Type::BPCHAR_ARRAY => cell.read(DbValue::ArrayStr),
        Type::INTERVAL => cell.read(|interval: SqlInterval| DbValue::Interval(interval.0)),
        _ => cell.read(|raw: Raw| DbValue::Unsupported(raw.0)),
    }
}

/// What a value takes in this process.
pub(in super::super) fn memory_bytes(value: &DbValue) -> usize {
    let texts = |texts: &[Option<String>]| {
        let text = |text: &Option<String>| size_of_val(text) + text.as_ref().map_or(0, String::len);
        texts.iter().map(text).sum()
    };
    VALUE_BYTES
        + match value {
            DbValue::Str(text) | DbValue::Uuid(text) | DbValue::Decimal(text) => text.len(),
            DbValue::Binary(bytes) | DbValue::Jsonb(bytes) | DbValue::Unsupported(bytes) => {
                bytes.len()
            }
            DbValue::ArrayInt32(values) => size_of_val(values.as_slice()),
            DbValue::ArrayInt64(values) => size_of_val(values.as_slice()),
            DbValue::ArrayDecimal(values) | DbValue::ArrayStr(values) => texts(values),
            DbValue::RangeDecimal((lower, upper)) => {
                [lower, upper].into_iter().flatten().map(|(text, _)| text.len()).sum()
            }
            _ => 0,
        }
}

struct Cell<'r> {
    row: &'r Row,
    index: usize,
}

impl<'r> Cell<'r> {
    fn read<T: FromSql<'r>>(self, into: impl FnOnce(T) -> DbValue) -> Result<DbValue, Error> {
        let value: Option<T> = self.row.try_get(self.index)?;
        Ok(value.map_or(DbValue::DbNull, into))
    }
}

fn datetime(value: NaiveDateTime) -> DbValue {
    let (year, month, day) = date_parts(value.date());
    let (hour, minute, second, nanosecond) = time_parts(value.time());
    DbValue::Datetime((year, month, day, hour, minute, second, nanosecond))
}

fn date_parts(date: NaiveDate) -> (i32, u8, u8) {
    (date.year(), small(date.month()), small(date.day()))
}

fn time_parts(time: NaiveTime) -> (u8, u8, u8, u32) {
    (small(time.hour()), small(time.minute()), small(time.second()), time.nanosecond())
}

/// A part of a calendar day or of a clock; none of them exceeds 59.
fn small(part: u32) -> u8 {
    u8::try_from(part).unwrap_or(u8::MAX)
}

fn decimals(numbers: Vec<Option<Decimal>>) -> DbValue {
    let texts = numbers.into_iter().map(|number| number.map(|number| number.to_string()));
    DbValue::ArrayDecimal(texts.collect())
}
