//! The store's tables, read beside the running app. The statements are the same on both engines.

use super::{Consumed, Delivery, Event, Ledger, Letter, Outbox, Reminder, Succession, Task, User};
use crate::app_database::{Cells, Moment, NotThere};

pub(super) fn outbox(moment: &mut Moment<'_>) -> Result<Outbox, NotThere> {
    let found = moment.rows(
        "SELECT (SELECT count(*) FROM taskmaster.events WHERE pending <> 0),
                (SELECT coalesce(max(position), 0) FROM taskmaster.events)",
        |row| Outbox { pending: row.integer(), last_position: row.integer() },
    )?;
    Ok(found.into_iter().next().unwrap_or_default())
}

pub(super) fn ledger(moment: &mut Moment<'_>) -> Result<Ledger, NotThere> {
    Ok(Ledger {
        users: moment.rows(
            "SELECT id, change_seq, next_task_number, task_count, deleted_at IS NOT NULL
             FROM taskmaster.users ORDER BY id",
            user,
        )?,
        tasks: moment.rows(
            "SELECT user_id, number, version, completed, recurrence, series_id, occurrence, title,
                    due_at
             FROM taskmaster.tasks ORDER BY user_id, number",
            task,
        )?,
        events: moment.rows(
            "SELECT position, user_id, seq, id, number, created_at, pending, body
             FROM taskmaster.events ORDER BY position",
            event,
        )?,
        successions: moment.rows(
            "SELECT user_id, series_id, occurrence, successor FROM taskmaster.successions",
            succession,
        )?,
        reminders: moment.rows(
            "SELECT user_id, number, n, version, fire_at, state FROM taskmaster.reminders",
            reminder,
        )?,
        deliveries: moment.rows(
            "SELECT user_id, event_id, channel, state, next_attempt_at, lease_until
             FROM taskmaster.deliveries",
            delivery,
        )?,
        letters: moment.rows(
            "SELECT topic, event_id, event_type, replayed_at IS NOT NULL
             FROM taskmaster.dead_letters",
            letter,
        )?,
        inbox: moment.rows("SELECT consumer, event_id FROM taskmaster.inbox", consumed)?,
        read_at_ms: 0,
    })
}

fn user(row: &mut Cells) -> User {
    User {
        id: row.text(),
        change_seq: row.integer(),
        next_task_number: row.integer(),
        task_count: row.integer(),
        is_ended: row.flag(),
    }
}

fn task(row: &mut Cells) -> Task {
    Task {
        user: row.text(),
        number: row.integer(),
        version: row.integer(),
        is_completed: row.flag(),
        rule: row.text_or_null(),
        series: row.text_or_null(),
        occurrence: row.integer_or_null(),
        title: row.text(),
        due_at_ms: row.integer_or_null(),
    }
}

fn event(row: &mut Cells) -> Event {
    Event {
        position: row.integer(),
        user: row.text(),
        seq: row.integer_or_null(),
        id: row.text(),
        number: row.integer(),
        created_at_ms: row.integer(),
        is_pending: row.integer() != 0,
        body: serde_json::from_str(&row.text()).unwrap_or_default(),
    }
}

fn succession(row: &mut Cells) -> Succession {
    Succession {
        user: row.text(),
        series: row.text(),
        occurrence: row.integer(),
        successor: row.integer(),
    }
}

fn reminder(row: &mut Cells) -> Reminder {
    Reminder {
        user: row.text(),
        number: row.integer(),
        n: row.integer(),
        version: row.integer(),
        fire_at_ms: row.integer(),
        state: row.text(),
    }
}

fn delivery(row: &mut Cells) -> Delivery {
    Delivery {
        user: row.text(),
        event_id: row.text(),
        channel: row.text(),
        state: row.text(),
        due_at_ms: {
            let (next, leased_until) = (row.integer_or_null(), row.integer());
            next.map(|next| next.max(leased_until))
        },
    }
}

fn letter(row: &mut Cells) -> Letter {
    Letter {
        topic: row.text(),
        event_id: row.text(),
        event_type: row.text(),
        is_replayed: row.flag(),
    }
}

fn consumed(row: &mut Cells) -> Consumed {
    Consumed { consumer: row.text(), event_id: row.text() }
}
