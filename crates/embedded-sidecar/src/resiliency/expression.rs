//! CEL expressions that answer yes or no: subscription rules and circuit-breaker trips.

use cel::{Context, Program};
use serde::Serialize;

/// A compiled condition.
#[derive(Debug)]
pub(crate) struct Expression {
    program: Program,
}

/// Why a condition has no answer.
#[derive(Debug, thiserror::Error)]
pub enum ExpressionError {
    #[error("{expression:?} is not a valid expression: {reason}")]
    Syntax { expression: String, reason: String },
    #[error("the expression cannot be evaluated: {reason}")]
    Evaluation { reason: String },
    #[error("the expression is neither true nor false")]
    NotBoolean,
}

impl Expression {
    pub(crate) fn compile(expression: &str) -> Result<Self, ExpressionError> {
        let program = Program::compile(expression).map_err(|error| ExpressionError::Syntax {
            expression: expression.to_owned(),
            reason: error.to_string(),
        })?;
        Ok(Self { program })
    }

    /// Evaluates with `variables` by name. A missing field is an error, not false: an event that
    /// cannot be judged must not be taken for one that does not match.
    pub(crate) fn holds<V: Serialize>(
        &self,
        variables: &[(&str, V)],
    ) -> Result<bool, ExpressionError> {
        let evaluation = |reason: String| ExpressionError::Evaluation { reason };
        let mut context = Context::default();
        for (name, value) in variables {
            context.add_variable(*name, value).map_err(|error| evaluation(error.to_string()))?;
        }
        match self.program.execute(&context) {
            Ok(cel::Value::Bool(answer)) => Ok(answer),
            Ok(_) => Err(ExpressionError::NotBoolean),
            Err(error) => Err(evaluation(error.to_string())),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn check(expression: &str, event: Value) -> Option<bool> {
        Expression::compile(expression).expect(expression).holds(&[("event", event)]).ok()
    }

    #[test]
    fn numbers_from_json_compare_with_literals() {
        let event = || json!({"data": {"count": 5, "ratio": 0.5, "debt": -3}});
        assert_eq!(check("event.data.count == 5", event()), Some(true));
        assert_eq!(check("event.data.count > 4", event()), Some(true));
        assert_eq!(check("event.data.count < 5.5", event()), Some(true));
        assert_eq!(check("event.data.ratio < 1", event()), Some(true));
        assert_eq!(check("event.data.debt == -3", event()), Some(true));
    }

    #[test]
    fn a_missing_field_is_an_error_unless_asked_for() {
        assert_eq!(check("event.data.level == 1", json!({"data": {}})), None);
        assert_eq!(check("has(event.data.level)", json!({"data": {}})), Some(false));
    }

    #[test]
    fn membership_and_strings_work() {
        let event = || json!({"type": "task.created"});
        assert_eq!(check("event.type in ['task.created', 'task.updated']", event()), Some(true));
        assert_eq!(check("event.type.startsWith('user.')", event()), Some(false));
    }

    #[test]
    fn an_answer_that_is_no_boolean_is_an_error() {
        assert_eq!(check("event.type", json!({"type": "a"})), None);
    }
}
