//! Accounts, and the token buckets that stand before their passwords.

use chrono::{DateTime, Utc};
use serde::Serialize;
use task_domain::UserId;

use crate::account::{Account, CreateOutcome, Throttle, ThrottleOutcome};
use crate::caller::Caller;
use crate::db::{Db, Rows, Value};
use crate::row;
use crate::sqlite::commit::json;
use crate::sqlite::engine::Engine;
use crate::sqlite::{epoch, instant, text};
use crate::store::StoreError;

/// A bucket as a statement takes it: it is full when the span of its capacity has passed unused.
#[derive(Serialize)]
struct Bucket<'t> {
    bucket: &'t str,
    refill_ms: u64,
    span_ms: u64,
}

pub(super) async fn create<D: Db>(
    engine: &Engine<D>,
    account: &Account,
) -> Result<CreateOutcome, StoreError> {
    let params = [
        text(account.id),
        text(&account.email),
        text(&account.name),
        text(account.timezone.name()),
        account.password_hash.as_ref().map_or(Value::Null, text),
        Value::Integer(account.token_epoch.into()),
        instant(account.created_at),
    ];
    let rows = engine.run(include_str!("create_account.sql"), &params).await?;
    Ok(if rows.rows.is_empty() { CreateOutcome::EmailTaken } else { CreateOutcome::Created })
}

pub(super) async fn by_id<D: Db>(
    engine: &Engine<D>,
    caller: Caller,
) -> Result<Option<Account>, StoreError> {
    let params = [text(caller.user), epoch(caller)];
    account(engine.run(include_str!("account.sql"), &params).await?)
}

pub(super) async fn by_email<D: Db>(
    engine: &Engine<D>,
    email: &str,
) -> Result<Option<Account>, StoreError> {
    account(engine.run(include_str!("account_by_email.sql"), &[text(email)]).await?)
}

pub(super) async fn throttle<D: Db>(
    engine: &Engine<D>,
    buckets: &[Throttle],
    now: DateTime<Utc>,
) -> Result<ThrottleOutcome, StoreError> {
    if buckets.is_empty() {
        return Ok(ThrottleOutcome::Admitted);
    }
    let wanted: Vec<Bucket<'_>> = buckets.iter().map(bucket).collect();
    let params = [instant(now), json(&wanted)?];
    let taken = engine.run(include_str!("throttle.sql"), &params).await?;
    if !taken.rows.is_empty() {
        return Ok(ThrottleOutcome::Admitted);
    }
    let rows = engine.run(include_str!("throttle_wait.sql"), &params).await?;
    let retry_after_ms = row::only("throttles", rows)?.number("full_at")?;
    Ok(ThrottleOutcome::Limited { retry_after_ms })
}

fn bucket(throttle: &Throttle) -> Bucket<'_> {
    Bucket {
        bucket: &throttle.bucket,
        refill_ms: throttle.refill_ms,
        span_ms: throttle.refill_ms.saturating_mul(throttle.capacity.into()),
    }
}

fn account(rows: Rows) -> Result<Option<Account>, StoreError> {
    let Some(mut row) = row::first("users", rows) else { return Ok(None) };
    Ok(Some(Account {
        id: UserId(row.uuid("id")?),
        email: row.text("email")?,
        name: row.text("name")?,
        timezone: row.parsed("timezone")?,
        password_hash: row.text_or_null("password_hash")?,
        token_epoch: row.number("token_epoch")?,
        external_sub: None,
        quiet_hours: None,
        created_at: row.instant("created_at")?,
    }))
}
