//! The types of `wit/` in Rust, with their JSON spelling.
//!
//! Nothing here is written by hand but the attributes: a field that WIT gains or loses breaks the
//! code that builds or reads it, at compile time.
#![allow(
    clippy::allow_attributes_without_reason,
    unused_qualifications,
    reason = "the generator decides the style of its code"
)]

wit_bindgen::generate!({
    path: "../../wit",
    world: "contracts",
    generate_unused_types: true,
    additional_derives: [PartialEq, serde::Serialize, serde::Deserialize],
    additional_derives_ignore: ["event-data"],
    additional_type_attributes: {
        "taskmaster:tasks/types@1.0.0/priority": [
            #[serde(rename_all = "snake_case")]
            #[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
        ],
        "taskmaster:tasks/types@1.0.0/basis": [
            #[serde(rename_all = "snake_case")]
            #[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
        ],
        "taskmaster:tasks/types@1.0.0/recurrence": [
            #[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
        ],
        "taskmaster:tasks/types@1.0.0/reminder": [
            #[serde(rename_all = "snake_case")]
            #[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
        ],
        "taskmaster:tasks/types@1.0.0/subtask": [
            #[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
        ],
        "taskmaster:tasks/types@1.0.0/task": [
            #[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
        ],
        "taskmaster:tasks/events@1.0.0/sync-change": [
            #[serde(rename_all = "snake_case")]
            #[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
        ],
        "taskmaster:tasks/events@1.0.0/task-sync": [
            #[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
        ],
        // Written without a tag; read by the envelope, which knows the type.
        "taskmaster:tasks/events@1.0.0/event-data": [
            #[derive(PartialEq, serde::Serialize)]
            #[serde(untagged)]
        ],
        "taskmaster:tasks/events@1.0.0/cloud-event": [
            #[serde(try_from = "crate::envelope::read::Envelope")]
        ],
    },
    additional_member_attributes: {
        // What is read always has every member; aliases are spelt out, for they are no schemas.
        "taskmaster:tasks/types@1.0.0/recurrence.until": [
            #[cfg_attr(
                feature = "openapi",
                schema(value_type = Option<String>, format = DateTime, required)
            )]
        ],
        "taskmaster:tasks/types@1.0.0/recurrence.count": [
            #[cfg_attr(feature = "openapi", schema(required))]
        ],
        "taskmaster:tasks/types@1.0.0/reminder.before": [
            #[cfg_attr(feature = "openapi", schema(value_type = String, format = Duration))]
        ],
        "taskmaster:tasks/types@1.0.0/reminder.at": [
            #[cfg_attr(feature = "openapi", schema(value_type = String, format = DateTime))]
        ],
        "taskmaster:tasks/types@1.0.0/task.id": [
            #[cfg_attr(feature = "openapi", schema(value_type = u32))]
        ],
        "taskmaster:tasks/types@1.0.0/task.due-at": [
            #[cfg_attr(
                feature = "openapi",
                schema(value_type = Option<String>, format = DateTime, required)
            )]
        ],
        "taskmaster:tasks/types@1.0.0/task.timezone": [
            #[cfg_attr(feature = "openapi", schema(value_type = String))]
        ],
        "taskmaster:tasks/types@1.0.0/task.recurrence": [
            #[cfg_attr(feature = "openapi", schema(required))]
        ],
        "taskmaster:tasks/types@1.0.0/task.created-at": [
            #[cfg_attr(feature = "openapi", schema(value_type = String, format = DateTime))]
        ],
        "taskmaster:tasks/types@1.0.0/task.updated-at": [
            #[cfg_attr(feature = "openapi", schema(value_type = String, format = DateTime))]
        ],
        "taskmaster:tasks/types@1.0.0/task.completed-at": [
            #[cfg_attr(
                feature = "openapi",
                schema(value_type = Option<String>, format = DateTime, required)
            )]
        ],
        "taskmaster:tasks/types@1.0.0/task.series-id": [
            #[cfg_attr(
                feature = "openapi",
                schema(value_type = Option<String>, format = "uuid", required)
            )]
        ],
        "taskmaster:tasks/types@1.0.0/task.occurrence": [
            #[cfg_attr(feature = "openapi", schema(required))]
        ],
        "taskmaster:tasks/events@1.0.0/task-sync.task-id": [
            #[cfg_attr(feature = "openapi", schema(value_type = u32))]
        ],
        "taskmaster:tasks/events@1.0.0/task-sync.task": [
            #[cfg_attr(feature = "openapi", schema(required))]
        ],
        "taskmaster:tasks/events@1.0.0/task-event.previous": [
            #[serde(skip_serializing_if = "Option::is_none")]
        ],
        "taskmaster:tasks/events@1.0.0/task-event.changed": [
            #[serde(skip_serializing_if = "Option::is_none")]
        ],
        "taskmaster:tasks/events@1.0.0/event-data.other": [
            #[serde(serialize_with = "crate::envelope::write_json_text")]
        ],
        "taskmaster:tasks/events@1.0.0/cloud-event.type": [
            #[serde(rename = "type")]
        ],
        "taskmaster:tasks/events@1.0.0/cloud-event.subject": [
            #[serde(skip_serializing_if = "Option::is_none")]
        ],
        "taskmaster:tasks/events@1.0.0/cloud-event.datacontenttype": [
            #[serde(skip_serializing_if = "Option::is_none")]
        ],
        "taskmaster:tasks/events@1.0.0/cloud-event.sequence": [
            #[serde(skip_serializing_if = "Option::is_none")]
        ],
        "taskmaster:tasks/events@1.0.0/cloud-event.traceparent": [
            #[serde(skip_serializing_if = "Option::is_none")]
        ],
        "taskmaster:tasks/events@1.0.0/cloud-event.traceid": [
            #[serde(skip_serializing_if = "Option::is_none")]
        ],
    },
});
