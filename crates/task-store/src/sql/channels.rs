//! A user's channels, read and replaced as a whole.

use crate::caller::Caller;
use crate::channel::{Channel, ChannelSet, PutChannels};
use crate::channel_row::{self, ChannelColumn};
use crate::db::{Db, Value};
use crate::row;
use crate::sql::commit::json;
use crate::sql::engine::Engine;
use crate::sql::statement::statement;
use crate::sql::{epoch, text};
use crate::store::StoreError;

pub(super) async fn read<D: Db>(
    engine: &Engine<D>,
    caller: Caller,
) -> Result<Option<ChannelSet>, StoreError> {
    let params = [text(caller.user), epoch(caller)];
    let rows = engine.run(statement!(Harmless, "channels"), &params).await?;
    let Some(mut row) = row::first("channel_sets", rows) else { return Ok(None) };
    Ok(Some(ChannelSet {
        version: row.number("version")?,
        channels: row.list("channels", channel_row::channel)?,
    }))
}

pub(super) async fn put<D: Db>(
    engine: &Engine<D>,
    caller: Caller,
    expected: Option<u64>,
    channels: &[Channel],
) -> Result<PutChannels, StoreError> {
    // What lies beyond the engine's integers lies beyond every version, too.
    let expected = expected.map(|it| Value::Integer(i64::try_from(it).unwrap_or(i64::MAX)));
    let columns: Vec<ChannelColumn> = channels.iter().map(channel_row::column).collect();
    let params =
        [text(caller.user), epoch(caller), expected.unwrap_or(Value::Null), json(&columns)?];
    let rows = engine.run(statement!(Harmful, "put_channels"), &params).await?;
    if let Some(mut row) = row::first("channel_sets", rows) {
        return Ok(PutChannels::Done { version: row.number("version")? });
    }
    let refusal = read(engine, caller).await?;
    Ok(if refusal.is_some() { PutChannels::Conflict } else { PutChannels::Gone })
}
