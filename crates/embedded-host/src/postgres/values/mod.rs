//! Values on both sides: the types of PostgreSQL and those of the interface.

mod any;
mod interval;
mod parameter;
mod range;
mod read;

pub(super) use self::parameter::{ParameterFault, into_parameter};
pub(super) use self::read::{data_type, memory_bytes, read};

/// What the driver wants of a conversion that fails.
type BoxedError = Box<dyn std::error::Error + Sync + Send>;
