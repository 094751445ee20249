//! Recurrence rules: a word or an object comes in, always the object goes out.

use chrono::{DateTime, NaiveDate, NaiveTime, Utc};
use serde::Deserialize;
use serde_json::Value;
use task_contracts::types as wire;
use task_domain::{Basis, Recurrence, RecurrenceInput, Rule};

use super::{instant, parse_instant};
use crate::problem::FieldProblem;

const FIELD: &str = "recurrence";

/// The object form; members it does not know, such as the `text` of an answer, are ignored.
#[derive(Deserialize)]
struct Parts {
    rule: String,
    #[serde(default)]
    basis: Option<wire::Basis>,
    #[serde(default)]
    until: Option<String>,
    #[serde(default)]
    count: Option<u32>,
}

pub(crate) fn parse_recurrence(value: &Value) -> Result<RecurrenceInput, FieldProblem> {
    let parts = match value {
        Value::String(rule) => Parts { rule: rule.clone(), basis: None, until: None, count: None },
        object @ Value::Object(_) => serde_path_to_error::deserialize(object).map_err(|error| {
            let member = format!("{FIELD}.{}", error.path());
            FieldProblem::new(member.trim_end_matches(".."), error.into_inner().to_string())
        })?,
        _ => {
            let detail = "a word such as \"weekly\", or an object with a `rule`";
            return Err(FieldProblem::new(FIELD, detail));
        }
    };
    let until = parts.until.as_deref().map(parse_until).transpose()?;
    let input = parse_rule(FIELD, &parts.rule, parts.basis)?;
    let rule = input
        .rule
        .ending(until, parts.count)
        .map_err(|error| FieldProblem::new(FIELD, error.to_string()))?;
    Ok(RecurrenceInput { rule, ..input })
}

/// A rule as text, or a word that stands for one; faults are of `field`.
pub(crate) fn parse_rule(
    field: &str,
    text: &str,
    basis: Option<wire::Basis>,
) -> Result<RecurrenceInput, FieldProblem> {
    let rule = if text.contains('=') { Rule::parse(text) } else { Rule::from_word(text) };
    let rule = rule.map_err(|error| FieldProblem::new(field, error.to_string()))?;
    let basis = match basis {
        None | Some(wire::Basis::Due) => Basis::Due,
        Some(wire::Basis::Completion) => Basis::Completion,
    };
    Ok(RecurrenceInput { rule, basis })
}

/// A date alone means all of that day, in UTC.
fn parse_until(text: &str) -> Result<DateTime<Utc>, FieldProblem> {
    match text.trim().parse::<NaiveDate>() {
        Ok(date) => {
            let last = NaiveTime::from_hms_opt(23, 59, 59).unwrap_or_default();
            Ok(date.and_time(last).and_utc())
        }
        Err(_) => parse_instant("recurrence.until", text),
    }
}

pub(super) fn write(recurrence: &Recurrence, timezone: chrono_tz::Tz) -> wire::Recurrence {
    wire::Recurrence {
        rule: recurrence.rule.without_end().to_string(),
        basis: match recurrence.basis {
            Basis::Due => wire::Basis::Due,
            Basis::Completion => wire::Basis::Completion,
        },
        until: recurrence.rule.until().map(instant),
        count: recurrence.rule.count(),
        text: recurrence.text(timezone),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn check(input: Value, expected: Result<&str, &str>) {
        let read = parse_recurrence(&input);
        let shown = read.as_ref().map(|it| it.rule.to_string()).map_err(|it| it.field.clone());
        assert_eq!(shown, expected.map(str::to_owned).map_err(str::to_owned), "{input}");
    }

    #[test]
    fn words_rules_and_objects_are_read() {
        check(json!("monthly"), Ok("FREQ=MONTHLY"));
        check(json!("every_monday"), Ok("FREQ=WEEKLY;BYDAY=MO"));
        check(json!("FREQ=DAILY;INTERVAL=2"), Ok("FREQ=DAILY;INTERVAL=2"));
        check(json!({"rule": "daily", "count": 3}), Ok("FREQ=DAILY;COUNT=3"));
        check(
            json!({"rule": "FREQ=WEEKLY", "until": "2027-03-31", "text": "ignored"}),
            Ok("FREQ=WEEKLY;UNTIL=20270331T235959Z"),
        );
    }

    #[test]
    fn a_fault_names_its_member() {
        check(json!("fortnightly"), Err("recurrence"));
        check(json!(7), Err("recurrence"));
        check(json!({"rule": "daily", "count": "three"}), Err("recurrence.count"));
        check(json!({"rule": "daily", "until": "soon"}), Err("recurrence.until"));
        check(json!({"rule": "daily", "basis": "whim"}), Err("recurrence.basis"));
        check(json!({"basis": "due"}), Err("recurrence"));
        check(json!({"rule": "FREQ=DAILY;COUNT=2", "count": 3}), Err("recurrence"));
    }
}
