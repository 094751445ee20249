//! Where a user wants to be reached. The channels are one value with one version, which is read,
//! changed and put back as a whole.

mod input;
mod view;

pub(crate) use input::{ChannelInput, ChannelsInput};
pub(crate) use view::{ChannelList, ChannelView};

use http::{HeaderValue, StatusCode, header};
use notification_protocol::webhook::{Secret, SecretSet};
use task_domain::Version;
use task_store::channel::{Channel, ChannelId, ChannelKind, ChannelSet, PutChannels};
use task_store::{Caller, Store};
use uuid::Uuid;

use super::{Call, answer, gone};
use crate::notify::Secrets;
use crate::request::IfMatch;
use crate::unit_of_work::{Attempt, settle};
use crate::{Platform, Problem, Response, request};
use input::{Parsed, Reader};

pub(crate) async fn list<P: Platform>(
    call: &Call<'_, P>,
    caller: Caller,
) -> Result<Response, Problem> {
    let held = held(call, caller).await?;
    Ok(whole(call, held.version, held.channels.iter().map(view::hidden).collect()))
}

pub(crate) async fn replace<P: Platform>(
    call: &Call<'_, P>,
    caller: Caller,
) -> Result<Response, Problem> {
    let body: ChannelsInput = request::json(call.request)?;
    let if_match = IfMatch::of(call.request)?;
    rewrite(call, caller, |held| {
        if_match.check(Version(held.version))?;
        let parsed = Reader::new(call, &held).all(&body.channels)?;
        let channels = parsed.iter().map(|it| it.channel.clone()).collect();
        Ok((channels, move |version| whole(call, version, parsed.iter().map(view::of).collect())))
    })
    .await
}

pub(crate) async fn add<P: Platform>(
    call: &Call<'_, P>,
    caller: Caller,
) -> Result<Response, Problem> {
    let body: ChannelInput = request::json(call.request)?;
    rewrite(call, caller, |held| {
        let (status, parsed) = Reader::new(call, &held).added(&body)?;
        let mut channels = held.channels;
        channels.retain(|channel| channel.id != parsed.channel.id);
        channels.push(parsed.channel.clone());
        Ok((channels, move |_| answer::json(status, &view::of(&parsed))))
    })
    .await
}

pub(crate) async fn remove<P: Platform>(
    call: &Call<'_, P>,
    caller: Caller,
    id: Uuid,
) -> Result<Response, Problem> {
    rewrite(call, caller, |held| {
        let mut channels = held.channels;
        channels.remove(position(&channels, id)?);
        Ok((channels, |_| answer::empty(StatusCode::NO_CONTENT)))
    })
    .await
}

/// A new secret for a webhook, shown this once; the one before stays good for a day.
pub(crate) async fn rotate<P: Platform>(
    call: &Call<'_, P>,
    caller: Caller,
    id: Uuid,
) -> Result<Response, Problem> {
    rewrite(call, caller, |held| {
        let mut channels = held.channels;
        let position = position(&channels, id)?;
        let channel = &mut channels[position];
        if channel.kind != ChannelKind::Webhook {
            return Err(Problem::conflict("only a webhook has a secret"));
        }
        let secret = Secret::generate(|bytes| call.platform.fill_random(bytes));
        let rotated = match Secrets::of(channel) {
            Some(Secrets::Webhook(before)) => before.rotated(secret.clone(), call.platform.now()),
            // What cannot be read signs nothing; the new one stands alone.
            _ => SecretSet::new(secret.clone()),
        };
        channel.secrets = Secrets::Webhook(rotated).write();
        let parsed = Parsed { channel: channel.clone(), revealed: Some(secret) };
        Ok((channels, move |_| answer::json(StatusCode::OK, &view::of(&parsed))))
    })
    .await
}

/// Lets `change` say what the channels become and how that is answered, until nobody interferes.
async fn rewrite<P: Platform, A: FnOnce(u64) -> Response>(
    call: &Call<'_, P>,
    caller: Caller,
    change: impl Fn(ChannelSet) -> Result<(Vec<Channel>, A), Problem>,
) -> Result<Response, Problem> {
    let settled = settle(async || -> Result<_, Problem> {
        let held = held(call, caller).await?;
        let expected = Some(held.version);
        let (channels, answer) = change(held)?;
        match call.platform.store().put_channels(caller, expected, &channels).await? {
            PutChannels::Done { version } => Ok(Attempt::Settled(answer(version))),
            PutChannels::Conflict => Ok(Attempt::Conflict),
            PutChannels::Gone => Err(gone()),
        }
    });
    let busy = || Problem::conflict("the channels kept changing; read them and try again");
    settled.await?.ok_or_else(busy)
}

async fn held<P: Platform>(call: &Call<'_, P>, caller: Caller) -> Result<ChannelSet, Problem> {
    call.platform.store().channels(caller).await?.ok_or_else(gone)
}

fn position(channels: &[Channel], id: Uuid) -> Result<usize, Problem> {
    let found = channels.iter().position(|channel| channel.id == ChannelId(id));
    found.ok_or_else(|| Problem::not_found("no channel has this id"))
}

fn whole<P: Platform>(call: &Call<'_, P>, version: u64, channels: Vec<ChannelView>) -> Response {
    let list = ChannelList::new(channels, &call.settings.notification);
    let mut response = answer::json(StatusCode::OK, &list);
    if let Ok(etag) = HeaderValue::from_str(&format!("\"{version}\"")) {
        response.headers_mut().insert(header::ETAG, etag);
    }
    response
}
