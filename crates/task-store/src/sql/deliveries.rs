//! Deliveries: who sends which now, what came of it, and the log of it all.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use crate::caller::Caller;
use crate::channel::Channel;
use crate::cursor;
use crate::db::{Db, Value};
use crate::delivery::{
    ATTEMPTS_KEPT, AfterAttempt, Attempt, ChannelVerdict, Delivery, DeliveryLease, DeliveryPage,
    DeliveryQuery, DeliveryState, DueDelivery,
};
use crate::refusal::Refusal;
use crate::row::{self, Row};
use crate::sql::commit::json;
use crate::sql::engine::Engine;
use crate::sql::statement::statement;
use crate::sql::{epoch, instant, text};
use crate::store::StoreError;
use crate::{channel_row, delivery_row};

/// What the cursor of a page is good for.
const LIST: &str = "deliveries";

pub(super) async fn lease<D: Db>(
    engine: &Engine<D>,
    lease: &DeliveryLease,
) -> Result<Vec<DueDelivery>, StoreError> {
    let params = [
        text(lease.holder),
        instant(lease.now),
        instant(lease.until),
        Value::Integer(lease.limit.into()),
        Value::Integer(lease.per_channel.into()),
    ];
    let rows = engine.run(statement!(Harmful, "lease_deliveries"), &params).await?;
    let due: Result<Vec<_>, _> =
        row::rows("deliveries", rows).map(|mut row| due_delivery(&mut row)).collect();
    let mut due = due?;
    // The engine gives changed rows in no order.
    due.sort_by_key(|it| (it.delivery.next_attempt_at, it.delivery.created_at, it.delivery.id));
    Ok(due)
}

pub(super) async fn finish<D: Db>(
    engine: &Engine<D>,
    (holder, id): (Uuid, Uuid),
    attempt: Option<&Attempt>,
    after: &AfterAttempt,
    verdict: &ChannelVerdict,
    now: DateTime<Utc>,
) -> Result<bool, StoreError> {
    let attempt = attempt.map(|it| json(&delivery_row::attempt_column(it))).transpose()?;
    let (state, retry_at) = match after {
        AfterAttempt::Delivered => (DeliveryState::Delivered, Value::Null),
        AfterAttempt::RetryAt(at) => (DeliveryState::Pending, instant(*at)),
        AfterAttempt::Failed => (DeliveryState::Failed, Value::Null),
        AfterAttempt::Cancelled => (DeliveryState::Cancelled, Value::Null),
    };
    let (verdict, reason) = match verdict {
        ChannelVerdict::Keep => ("keep", Value::Null),
        ChannelVerdict::Disable { reason } => ("disable", text(reason)),
        ChannelVerdict::Remove => ("remove", Value::Null),
    };
    let params = [
        text(holder),
        text(id),
        attempt.unwrap_or(Value::Null),
        Value::Integer(ATTEMPTS_KEPT.into()),
        text(state.as_str()),
        retry_at,
        text(verdict),
        reason,
        instant(now),
    ];
    match engine.run(statement!(Harmful, "finish_attempt"), &params).await {
        // One dialect refuses, the other one tells.
        Ok(rows) => row::first("deliveries", rows)
            .map_or(Ok(true), |mut row| Ok(row.integer("finished")? != 0)),
        Err(error) if Refusal::of(&error) == Some(Refusal::LeaseLost) => Ok(false),
        Err(error) => Err(error.into()),
    }
}

pub(super) async fn list<D: Db>(
    engine: &Engine<D>,
    caller: Caller,
    query: &DeliveryQuery,
) -> Result<Option<DeliveryPage>, StoreError> {
    let before = query.before.as_deref().map(|it| cursor::decode_place(it, LIST)).transpose()?;
    // At least one, else no page would ever get on; and one more says that a next page is there.
    let limit = query.limit.max(1);
    let params = [
        text(caller.user),
        epoch(caller),
        Value::Integer(before.unwrap_or(i64::MAX)),
        query.state.map_or(Value::Null, |it| text(it.as_str())),
        query.channel.map_or(Value::Null, text),
        Value::Integer(i64::from(limit) + 1),
    ];
    let rows = engine.run(statement!(Harmless, "deliveries"), &params).await?;
    if rows.rows.is_empty() {
        return Ok(None);
    }
    let mut page = DeliveryPage::default();
    let mut last_place = None;
    for mut row in row::rows("deliveries", rows) {
        let place = row.integer_or_null("place")?;
        let Some(delivery) = delivery_row::read(&mut row)? else { continue };
        if page.deliveries.len() == usize::try_from(limit).unwrap_or(usize::MAX) {
            page.next_cursor = last_place.map(|it| cursor::encode_place(it, LIST)).transpose()?;
            break;
        }
        last_place = place;
        page.deliveries.push(delivery);
    }
    Ok(Some(page))
}

pub(super) async fn by_id<D: Db>(
    engine: &Engine<D>,
    caller: Caller,
    id: Uuid,
) -> Result<Option<Option<Delivery>>, StoreError> {
    let params = [text(caller.user), epoch(caller), text(id)];
    let rows = engine.run(statement!(Harmless, "delivery"), &params).await?;
    row::first("deliveries", rows).map(|mut row| delivery_row::read(&mut row)).transpose()
}

pub(super) async fn replay<D: Db>(
    engine: &Engine<D>,
    caller: Caller,
    id: Uuid,
    now: DateTime<Utc>,
) -> Result<Option<Delivery>, StoreError> {
    let params = [text(caller.user), epoch(caller), text(id), instant(now)];
    let rows = engine.run(statement!(Harmful, "replay_delivery"), &params).await?;
    match row::first("deliveries", rows) {
        Some(mut row) => delivery_row::read(&mut row),
        None => Ok(None),
    }
}

fn due_delivery(row: &mut Row) -> Result<DueDelivery, StoreError> {
    let delivery = delivery_row::read(row)?.ok_or_else(|| row.unreadable("id"))?;
    Ok(DueDelivery { delivery, channel: channel(row)? })
}

fn channel(row: &mut Row) -> Result<Option<Channel>, StoreError> {
    let Some(text) = row.text_or_null("channels")? else { return Ok(None) };
    let channel = serde_json::from_str(&text).ok().and_then(channel_row::channel);
    channel.map(Some).ok_or_else(|| row.unreadable("channels"))
}
