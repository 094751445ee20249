//! Values that fit every type: nothing at all, and bytes nobody reads.

use bytes::BytesMut;
use tokio_postgres::types::{FromSql, IsNull, ToSql, Type, to_sql_checked};

use super::BoxedError;

/// NULL for a parameter of whatever type; the driver's own is bound to one.
#[derive(Debug)]
pub(super) struct Null;

impl ToSql for Null {
    fn to_sql(&self, _type: &Type, _out: &mut BytesMut) -> Result<IsNull, BoxedError> {
        Ok(IsNull::Yes)
    }

    fn accepts(_type: &Type) -> bool {
        true
    }

    to_sql_checked!();
}

/// A value as the server sent it.
pub(super) struct Raw(pub(super) Vec<u8>);

impl FromSql<'_> for Raw {
    fn from_sql(_type: &Type, raw: &[u8]) -> Result<Self, BoxedError> {
        Ok(Self(raw.to_owned()))
    }

    fn accepts(_type: &Type) -> bool {
        true
    }
}
