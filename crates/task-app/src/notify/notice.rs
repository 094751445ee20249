//! What a reminder says, to a browser, in a mail and to a program.

use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use notification_protocol::email::EmailContent;
use serde::Serialize;
use task_contracts::envelope::{CloudEvent, EventData};
use task_contracts::events::ReminderDue;

use super::abridged;

/// Longer ones are cut: a mail is to remind, and the task is one click away.
const DESCRIPTION_CHARS_MAX: usize = 500;

/// A reminder as it is told.
pub(super) struct Notice {
    event: CloudEvent,
    /// Where the task is shown.
    url: Option<String>,
}

/// What the service worker of a browser gets: all that it needs to show a notification.
#[derive(Serialize)]
struct Push<'n> {
    #[serde(rename = "type")]
    event_type: &'n str,
    event_id: &'n str,
    task_id: u32,
    title: &'n str,
    body: String,
    /// A browser shows one notification for each tag.
    tag: String,
    url: Option<&'n str>,
    fire_at: &'n str,
}

impl Notice {
    /// `None` for a message that this release did not write.
    pub(super) fn parse(message: &str, public_url: Option<&str>) -> Option<Notice> {
        let event = CloudEvent::parse(message.as_bytes()).ok()?;
        let mut notice = Notice { event, url: None };
        let task_id = notice.due()?.task_id;
        notice.url = public_url.map(|url| format!("{url}/?task={task_id}"));
        Some(notice)
    }

    fn due(&self) -> Option<&ReminderDue> {
        match &self.event.data {
            EventData::Reminder(due) => Some(due),
            _ => None,
        }
    }

    pub(super) fn event_type(&self) -> &str {
        &self.event.type_
    }

    pub(super) fn timestamp(&self) -> &str {
        &self.event.time
    }

    /// The event's data, shortened where it is too long for a webhook.
    pub(super) fn webhook_data(&self) -> Option<String> {
        self.due().and_then(abridged::webhook_data)
    }

    /// The text of a push message.
    pub(super) fn push_payload(&self) -> Option<Vec<u8>> {
        let due = self.due()?;
        let push = Push {
            event_type: self.event_type(),
            event_id: &due.event_id,
            task_id: due.task_id,
            title: &due.task_data.title,
            body: due_text(due).unwrap_or_else(|| "Reminder".to_owned()),
            tag: format!("task-{}", due.task_id),
            url: self.url.as_deref(),
            fire_at: &due.fire_at,
        };
        serde_json::to_vec(&push).ok()
    }

    /// Hands what a mail says to `write`.
    pub(super) fn with_email<T>(&self, write: impl FnOnce(&EmailContent<'_>) -> T) -> Option<T> {
        let due = self.due()?;
        let task = &due.task_data;
        let subject = format!("Reminder: {}", task.title);
        let paragraphs: Vec<String> = due_text(due)
            .into_iter()
            .chain(Some(cut(&task.description)).filter(|text| !text.is_empty()))
            .collect();
        let content = EmailContent {
            subject: &subject,
            heading: &task.title,
            paragraphs: &paragraphs,
            link: self.url.as_deref().map(|url| (url, "Open the task")),
            footer: "You get this because you added this address to your TaskMaster channels.",
        };
        Some(write(&content))
    }
}

/// When the task is due, by the clock of its own zone.
fn due_text(due: &ReminderDue) -> Option<String> {
    let task = &due.task_data;
    let due_at = DateTime::parse_from_rfc3339(task.due_at.as_deref()?).ok()?.with_timezone(&Utc);
    let zone: Tz = task.timezone.parse().unwrap_or(Tz::UTC);
    Some(format!("Due {} ({zone})", due_at.with_timezone(&zone).format("%a %-d %b %Y, %H:%M")))
}

fn cut(text: &str) -> String {
    match text.char_indices().nth(DESCRIPTION_CHARS_MAX) {
        Some((at, _)) => format!("{}…", text[..at].trim_end()),
        None => text.to_owned(),
    }
}
