//! Members of a body that may be left out, `null`, or there: a change tells the three apart.

use serde::{Deserialize, Deserializer};

use crate::problem::FieldProblem;

/// A member of a JSON object: left out, `null`, or there.
#[derive(Clone, Debug, Default)]
pub(crate) enum Given<T> {
    #[default]
    Absent,
    Null,
    Value(T),
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Given<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Option::deserialize(deserializer).map(|value| value.map_or(Given::Null, Given::Value))
    }
}

impl<T> Given<T> {
    /// `None` when it was left out or cannot be read, `Some(None)` when it is `null`.
    pub(crate) fn read<U, E: Into<FieldProblem>>(
        &self,
        faults: &mut Vec<FieldProblem>,
        parse: impl FnOnce(&T) -> Result<U, E>,
    ) -> Option<Option<U>> {
        match self {
            Given::Absent => None,
            Given::Null => Some(None),
            Given::Value(value) => match parse(value) {
                Ok(parsed) => Some(Some(parsed)),
                Err(fault) => {
                    faults.push(fault.into());
                    None
                }
            },
        }
    }
}
