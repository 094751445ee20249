//! INTERVAL, which the driver does not know.

use bytes::{Buf, BufMut, BytesMut};
use tokio_postgres::types::{FromSql, IsNull, ToSql, Type, accepts, to_sql_checked};

use super::BoxedError;
use crate::guest::bindings::spin::postgres::postgres::Interval;

/// Microseconds, days and months, each of which means something the others cannot say.
#[derive(Debug)]
pub(super) struct SqlInterval(pub(super) Interval);

impl ToSql for SqlInterval {
    fn to_sql(&self, _type: &Type, out: &mut BytesMut) -> Result<IsNull, BoxedError> {
        out.put_i64(self.0.micros);
        out.put_i32(self.0.days);
        out.put_i32(self.0.months);
        Ok(IsNull::No)
    }

    accepts!(INTERVAL);
    to_sql_checked!();
}

impl FromSql<'_> for SqlInterval {
    fn from_sql(_type: &Type, mut raw: &[u8]) -> Result<Self, BoxedError> {
        let interval = Interval {
            micros: raw.try_get_i64()?,
            days: raw.try_get_i32()?,
            months: raw.try_get_i32()?,
        };
        if raw.is_empty() { Ok(Self(interval)) } else { Err("an INTERVAL is longer".into()) }
    }

    accepts!(INTERVAL);
}
