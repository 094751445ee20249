//! `POST …/recurrence/preview`: what a rule would come to, before a task has it.

use http::StatusCode;
use serde::{Deserialize, Serialize};
use task_contracts::types as wire;
use task_domain::{Draft, Ordinal, SeriesId, TaskError, Title, recurrence, transition};
use task_store::{Caller, Store};
use uuid::Uuid;

use super::lists::within;
use super::{Call, answer, gone};
use crate::limits::{PREVIEW_DEFAULT, PREVIEW_MAX};
use crate::problem::FieldProblem;
use crate::{Platform, Problem, Response, convert, request};

/// The body of `POST …/recurrence/preview`.
#[derive(Debug, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub(crate) struct PreviewInput {
    /// An RFC 5545 rule (`FREQ=MONTHLY;BYDAY=-1FR`) or a word (`every_monday`).
    rule: Option<String>,
    /// A word, for programs that keep the two apart.
    word: Option<String>,
    basis: Option<wire::Basis>,
    /// When the first instance is due.
    due_at: String,
    /// IANA name; the account's when absent.
    timezone: Option<String>,
    /// How many instants to give: 1 to 100.
    count: Option<u32>,
}

#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub(crate) struct RecurrencePreview {
    /// The rule in English.
    text: String,
    /// The due date and those that follow it; fewer than asked for when the series ends.
    occurrences: Vec<String>,
}

pub(crate) async fn preview<P: Platform>(
    call: &Call<'_, P>,
    caller: Caller,
) -> Result<Response, Problem> {
    let input: PreviewInput = request::json(call.request)?;
    let account = call.platform.store().account(caller).await?.ok_or_else(gone)?;
    let (field, text) = match (&input.rule, &input.word) {
        (Some(rule), None) => ("rule", rule),
        (None, Some(word)) => ("word", word),
        (None, None) => return Err(Problem::invalid_field("rule", "is required")),
        (Some(_), Some(_)) => return Err(Problem::invalid_field("word", "stands beside a rule")),
    };
    let mut faults = Vec::new();
    let mut noted = |fault| faults.push(fault);
    let rule = convert::parse_rule(field, text, input.basis).map_err(&mut noted).ok();
    let due_at = convert::parse_instant("due_at", &input.due_at).map_err(&mut noted).ok();
    let given = input.timezone.as_deref().map(convert::timezone).transpose();
    let timezone = given.map_err(&mut noted).ok().flatten().unwrap_or(account.timezone);
    let (Some(rule), Some(due_at), true) = (rule, due_at, faults.is_empty()) else {
        return Err(Problem::invalid(faults));
    };
    let count = within("count", input.count, PREVIEW_DEFAULT, PREVIEW_MAX)?;

    // What a task would be refused for, its preview is refused for: so it is made like one.
    let title = Title::parse(field).map_err(FieldProblem::from)?;
    let draft =
        Draft { due_at: Some(due_at), recurrence: Some(rule), ..Draft::new(title, timezone) };
    let task = transition::create(draft, call.platform.now(), SeriesId(Uuid::nil()))
        .map_err(|error| told_of(field, error))?;
    let recurrence = task.recurrence.ok_or_else(|| Problem::invalid_field(field, "is required"))?;
    let occurrences = recurrence::occurrences(&recurrence, timezone, due_at, Ordinal::FIRST);
    let body = RecurrencePreview {
        text: recurrence.text(timezone),
        occurrences: occurrences.take(count as usize).map(convert::instant).collect(),
    };
    Ok(answer::json(StatusCode::OK, &body))
}

/// A task's fault under the name that the field has in this body.
fn told_of(field: &str, error: TaskError) -> Problem {
    match error {
        TaskError::Invalid(faults) => Problem::invalid(
            faults.into_iter().map(|fault| FieldProblem::new(field, fault.to_string())).collect(),
        ),
        TaskError::Completed => Problem::from(error),
    }
}
