//! Accounts, and the token buckets that stand before their passwords.

use chrono::{DateTime, Utc};
use serde::Serialize;
use task_domain::{QuietHours, UserId};

use crate::account::{
    Account, CreateOutcome, ProfileChange, ProfileOutcome, Throttle, ThrottleOutcome,
};
use crate::caller::Caller;
use crate::db::{Db, Rows, Value};
use crate::row::{self, Row};
use crate::sql::commit::json;
use crate::sql::engine::Engine;
use crate::sql::statement::statement;
use crate::sql::{epoch, instant, text};
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
    let (quiet_from, quiet_to) = quiet_columns(account.quiet_hours);
    let params = [
        text(account.id),
        text(&account.email),
        text(&account.name),
        text(account.timezone.name()),
        text_or_null(account.password_hash.as_ref()),
        Value::Integer(account.token_epoch.into()),
        text_or_null(account.external_sub.as_ref()),
        quiet_from,
        quiet_to,
        instant(account.created_at),
    ];
    let rows = engine.run(statement!(Harmless, "create_account"), &params).await?;
    if !rows.rows.is_empty() {
        return Ok(CreateOutcome::Created);
    }
    let Some(subject) = &account.external_sub else { return Ok(CreateOutcome::EmailTaken) };
    let rows = engine.run(statement!(Harmless, "subject_taken"), &[text(subject)]).await?;
    let subject_taken = row::only("users", rows)?.integer("external_sub")? != 0;
    Ok(if subject_taken { CreateOutcome::SubjectTaken } else { CreateOutcome::EmailTaken })
}

pub(super) async fn by_id<D: Db>(
    engine: &Engine<D>,
    caller: Caller,
) -> Result<Option<Account>, StoreError> {
    let params = [text(caller.user), epoch(caller)];
    account(engine.run(statement!(Harmless, "account"), &params).await?)
}

pub(super) async fn by_email<D: Db>(
    engine: &Engine<D>,
    email: &str,
) -> Result<Option<Account>, StoreError> {
    account(engine.run(statement!(Harmless, "account_by_email"), &[text(email)]).await?)
}

pub(super) async fn by_external_sub<D: Db>(
    engine: &Engine<D>,
    sub: &str,
) -> Result<Option<Account>, StoreError> {
    account(engine.run(statement!(Harmless, "account_by_external_sub"), &[text(sub)]).await?)
}

pub(super) async fn change_profile<D: Db>(
    engine: &Engine<D>,
    caller: Caller,
    change: &ProfileChange,
) -> Result<ProfileOutcome, StoreError> {
    let (quiet_from, quiet_to) = quiet_columns(change.quiet_hours.flatten());
    let params = [
        text(caller.user),
        epoch(caller),
        text_or_null(change.name.as_ref()),
        text_or_null(change.timezone.map(|it| it.name())),
        text_or_null(change.email.as_ref()),
        Value::Integer(change.quiet_hours.is_some().into()),
        quiet_from,
        quiet_to,
    ];
    let rows = engine.run(statement!(Harmless, "change_profile"), &params).await?;
    if let Some(account) = account(rows)? {
        return Ok(ProfileOutcome::Changed(account));
    }
    let refused = by_id(engine, caller).await?;
    Ok(if refused.is_some() { ProfileOutcome::EmailTaken } else { ProfileOutcome::Gone })
}

pub(super) async fn set_password<D: Db>(
    engine: &Engine<D>,
    caller: Caller,
    password_hash: &str,
) -> Result<Option<u32>, StoreError> {
    let params = [text(caller.user), epoch(caller), text(password_hash)];
    let rows = engine.run(statement!(Harmful, "set_password"), &params).await?;
    row::first("users", rows).map(|mut row| row.number("token_epoch")).transpose()
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
    let taken = engine.run(statement!(Harmful, "throttle"), &params).await?;
    if !taken.rows.is_empty() {
        return Ok(ThrottleOutcome::Admitted);
    }
    let rows = engine.run(statement!(Harmless, "throttle_wait"), &params).await?;
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
        external_sub: row.text_or_null("external_sub")?,
        quiet_hours: quiet_hours(&mut row)?,
        created_at: row.instant("created_at")?,
    }))
}

fn quiet_columns(hours: Option<QuietHours>) -> (Value, Value) {
    (text_or_null(hours.map(|it| it.from)), text_or_null(hours.map(|it| it.to)))
}

fn quiet_hours(row: &mut Row) -> Result<Option<QuietHours>, StoreError> {
    let from = row.parsed_or_null("quiet_from")?;
    let to = row.parsed_or_null("quiet_to")?;
    let (Some(from), Some(to)) = (from, to) else { return Ok(None) };
    QuietHours::new(from, to).map(Some).map_err(|_| row.unreadable("quiet_to"))
}

fn text_or_null(value: Option<impl ToString>) -> Value {
    value.map_or(Value::Null, text)
}
