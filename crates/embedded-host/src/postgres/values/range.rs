//! Ranges of any element, which the driver does not know.

use bytes::BytesMut;
use postgres_protocol::types::{
    Range, RangeBound, empty_range_to_sql, range_from_sql, range_to_sql,
};
use tokio_postgres::types::{FromSql, IsNull, Kind, ToSql, Type, to_sql_checked};

use super::BoxedError;
use crate::guest::bindings::spin::postgres::postgres::RangeBoundKind;

/// Absent where the range is open on that side.
pub(super) type Bound<T> = Option<(T, RangeBoundKind)>;

/// Lower and upper bound. An empty range has neither, which Spin tells apart from an open one no
/// better.
#[derive(Debug)]
pub(super) struct SqlRange<T>(pub(super) Bound<T>, pub(super) Bound<T>);

impl<T> SqlRange<T> {
    pub(super) fn map<U>(self, change: impl Fn(T) -> U) -> (Bound<U>, Bound<U>) {
        let change = |(value, kind)| (change(value), kind);
        (self.0.map(change), self.1.map(change))
    }
}

impl<T: PartialOrd> SqlRange<T> {
    /// Nothing lies between the bounds. The server would refuse those in the wrong order; Spin
    /// takes them.
    fn is_empty(&self) -> bool {
        let (Some((lower, lower_kind)), Some((upper, upper_kind))) = (&self.0, &self.1) else {
            return false;
        };
        match (lower_kind, upper_kind) {
            (RangeBoundKind::Inclusive, RangeBoundKind::Inclusive) => lower > upper,
            _ => lower >= upper,
        }
    }
}

impl<'a, T: FromSql<'a>> FromSql<'a> for SqlRange<T> {
    fn from_sql(range: &Type, raw: &'a [u8]) -> Result<Self, BoxedError> {
        let element = element(range)?;
        let bound = |bound: RangeBound<Option<&'a [u8]>>| {
            let (value, kind) = match bound {
                RangeBound::Inclusive(value) => (value, RangeBoundKind::Inclusive),
                RangeBound::Exclusive(value) => (value, RangeBoundKind::Exclusive),
                RangeBound::Unbounded => return Ok(None),
            };
            let value = value.map(|value| T::from_sql(element, value)).transpose()?;
            Ok::<_, BoxedError>(value.map(|value| (value, kind)))
        };
        match range_from_sql(raw)? {
            Range::Empty => Ok(Self(None, None)),
            Range::Nonempty(lower, upper) => Ok(Self(bound(lower)?, bound(upper)?)),
        }
    }

    fn accepts(range: &Type) -> bool {
        element(range).is_ok_and(T::accepts)
    }
}

impl<T: ToSql + PartialOrd> ToSql for SqlRange<T> {
    fn to_sql(&self, range: &Type, out: &mut BytesMut) -> Result<IsNull, BoxedError> {
        if self.is_empty() {
            empty_range_to_sql(out);
            return Ok(IsNull::No);
        }
        let element = element(range)?;
        range_to_sql(
            |out| write_bound(self.0.as_ref(), element, out),
            |out| write_bound(self.1.as_ref(), element, out),
            out,
        )?;
        Ok(IsNull::No)
    }

    fn accepts(range: &Type) -> bool {
        element(range).is_ok_and(T::accepts)
    }

    to_sql_checked!();
}

fn write_bound<T: ToSql>(
    bound: Option<&(T, RangeBoundKind)>,
    element: &Type,
    out: &mut BytesMut,
) -> Result<RangeBound<postgres_protocol::IsNull>, BoxedError> {
    let Some((value, kind)) = bound else { return Ok(RangeBound::Unbounded) };
    let is_null = match value.to_sql(element, out)? {
        IsNull::Yes => postgres_protocol::IsNull::Yes,
        IsNull::No => postgres_protocol::IsNull::No,
    };
    Ok(match kind {
        RangeBoundKind::Inclusive => RangeBound::Inclusive(is_null),
        RangeBoundKind::Exclusive => RangeBound::Exclusive(is_null),
    })
}

fn element(range: &Type) -> Result<&Type, BoxedError> {
    match range.kind() {
        Kind::Range(element) => Ok(element),
        _ => Err(format!("{range} is no range").into()),
    }
}
