//! Shapes of bodies where one Rust type reads what the document tells apart.

use task_contracts::types as wire;
use utoipa::ToSchema;
use utoipa::openapi::{RefOr, Schema};

use super::schema_of;
use crate::api::schema::TaskInput;

/// A word (`daily`, `every_monday`, …), an RFC 5545 rule as text, or an object.
#[derive(ToSchema)]
#[serde(untagged)]
#[expect(dead_code, reason = "only its shape is used")]
pub(crate) enum RecurrenceInput {
    Text(String),
    Object(RecurrenceRule),
}

/// A rule with what stands beside it. The end may be in the rule, too, but only in one place.
#[derive(ToSchema)]
#[expect(dead_code, reason = "only its shape is used")]
pub(crate) struct RecurrenceRule {
    /// `FREQ=…`, or a word.
    rule: String,
    basis: Option<wire::Basis>,
    /// An instant, or a date for all of that day in UTC.
    until: Option<String>,
    count: Option<u32>,
}

/// A change of a task may leave out anything, a whole task anything but its title.
pub(super) fn task_bodies(
    add: &mut dyn FnMut(String, RefOr<Schema>, Vec<(String, RefOr<Schema>)>),
) {
    schema_of::<TaskInput>(&mut |name, schema, parts| {
        let mut whole = schema.clone();
        if let RefOr::T(Schema::Object(object)) = &mut whole {
            object.required.push("title".to_owned());
        }
        add("TaskPatch".to_owned(), schema, Vec::new());
        add(name, whole, parts);
    });
}
