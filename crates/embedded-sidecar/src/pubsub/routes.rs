//! Which of a subscription's paths an event goes to. Pure.

use dapr_protocol::Subscription;
use serde_json::Value;

use crate::resiliency::{Expression, ExpressionError};

/// A subscription's rules, compiled once.
#[derive(Debug)]
pub(crate) struct Routes {
    rules: Vec<CompiledRule>,
}

#[derive(Debug)]
struct CompiledRule {
    /// `None` matches everything.
    condition: Option<Expression>,
    path: String,
}

/// Where an event goes.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Match<'a> {
    Path(&'a str),
    Nowhere,
}

impl Routes {
    pub(super) fn compile(subscription: &Subscription) -> Result<Self, ExpressionError> {
        let rules = subscription
            .rules
            .iter()
            .map(|rule| {
                let condition = match rule.matches.trim() {
                    "" => None,
                    text => Some(Expression::compile(text)?),
                };
                Ok(CompiledRule { condition, path: rule.path.clone() })
            })
            .collect::<Result<_, _>>()?;
        Ok(Self { rules })
    }

    /// The first rule that holds. A rule that cannot be evaluated is an error, even if a later
    /// one would match.
    pub(super) fn find(&self, event: &Value) -> Result<Match<'_>, ExpressionError> {
        for rule in &self.rules {
            let holds = match &rule.condition {
                None => true,
                Some(condition) => condition.holds(&[("event", event)])?,
            };
            if holds {
                return Ok(Match::Path(&rule.path));
            }
        }
        Ok(Match::Nowhere)
    }
}
