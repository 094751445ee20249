//! Channels: one value with one version.

use task_domain::UserId;
use task_store::channel::{Channel, ChannelId, ChannelKind, ChannelSet, PutChannels};
use task_store::{Caller, ChangeSet, Store};

use super::Stores;
use super::fixture::*;

pub(crate) fn channel(kind: ChannelKind, target: &str) -> Channel {
    Channel {
        id: ChannelId(mint()),
        kind,
        name: format!("“{target}”"),
        target: target.to_owned(),
        secrets: r#"{"auth":"s\\e\"cret"}"#.to_owned(),
        enabled: true,
        disabled_reason: None,
        created_at: at(-1),
    }
}

/// A user with these channels.
pub(crate) async fn reached_by<S: Store>(store: &S, name: &str, channels: &[Channel]) -> UserId {
    let user = user(store, name).await;
    let put = store.put_channels(user.into(), Some(0), channels).await.unwrap();
    assert_eq!(put, PutChannels::Done { version: 1 });
    user
}

pub(crate) async fn channels_of<S: Store>(store: &S, user: UserId) -> ChannelSet {
    store.channels(user.into()).await.unwrap().unwrap()
}

pub(crate) async fn channels_read_back_as_they_were_put(stores: &impl Stores) {
    let store = stores.open();
    let user = user(&store, "asad").await;
    assert_eq!(channels_of(&store, user).await, ChannelSet::default());
    let first = vec![
        channel(ChannelKind::Webhook, "https://example.org/hook"),
        channel(ChannelKind::Email, "asad@example.org"),
        Channel {
            enabled: false,
            disabled_reason: Some("410 Gone".to_owned()),
            ..channel(ChannelKind::WebPush, "https://push.example.org/1")
        },
    ];
    let second = vec![first[2].clone(), first[0].clone()];
    for (version, channels) in [(1, first), (2, second), (3, Vec::new())] {
        let put = store.put_channels(user.into(), None, &channels).await.unwrap();
        assert_eq!(put, PutChannels::Done { version });
        assert_eq!(channels_of(&store, user).await, ChannelSet { version, channels });
    }
}

pub(crate) async fn channels_of_another_version_conflict(stores: &impl Stores) {
    let store = stores.open();
    let user = user(&store, "asad").await;
    let put = async |expected, target| {
        let channels = [channel(ChannelKind::Email, target)];
        store.put_channels(user.into(), expected, &channels).await.unwrap()
    };
    assert_eq!(put(Some(1), "never").await, PutChannels::Conflict);
    assert_eq!(put(Some(0), "first").await, PutChannels::Done { version: 1 });
    assert_eq!(put(Some(0), "never").await, PutChannels::Conflict);
    assert_eq!(put(Some(u64::MAX), "never").await, PutChannels::Conflict);
    assert_eq!(put(Some(1), "second").await, PutChannels::Done { version: 2 });
    assert_eq!(channels_of(&store, user).await.channels[0].target, "second");
}

pub(crate) async fn channels_belong_to_their_user_and_go_with_them(stores: &impl Stores) {
    let store = stores.open();
    let email = channel(ChannelKind::Email, "asad@example.org");
    let asad = reached_by(&store, "asad", &[email]).await;
    let bina = user(&store, "bina").await;
    assert_eq!(channels_of(&store, bina).await, ChannelSet::default());
    commit(&store, &ChangeSet { tombstone: true, ..change(asad) }).await;
    assert_eq!(store.channels(asad.into()).await.unwrap(), None);
    for caller in [asad.into(), Caller { user: bina, token_epoch: Some(1) }] {
        assert_eq!(store.put_channels(caller, None, &[]).await.unwrap(), PutChannels::Gone);
    }
}
