//! Deliveries: leases, attempts, and the log.

use task_domain::UserId;
use task_store::channel::{Channel, ChannelId, ChannelKind};
use task_store::delivery::{
    ATTEMPTS_KEPT, AfterAttempt, Attempt, ChannelVerdict, Delivery, DeliveryDraft, DeliveryLease,
    DeliveryQuery, DeliveryState, DueDelivery,
};
use task_store::store::StoreError;
use task_store::{Caller, ChangeSet, Store};
use uuid::Uuid;

use super::Stores;
use super::channels::{channel, channels_of, reached_by};
use super::fixture::*;

const LEASE_MS: i64 = 30_000;

pub(crate) fn webhook(name: &str) -> Channel {
    channel(ChannelKind::Webhook, &format!("https://{name}.example.org/"))
}

pub(crate) fn draft(channel: &Channel, due_ms: i64) -> DeliveryDraft {
    DeliveryDraft {
        id: mint(),
        event_id: mint(),
        event_type: "reminder.due".to_owned(),
        channel: channel.id,
        next_attempt_at: at(due_ms),
        message: r#"{"title":"“rent”"}"#.to_owned(),
    }
}

pub(crate) async fn deliver<S: Store>(store: &S, user: UserId, drafts: &[DeliveryDraft]) {
    commit(store, &ChangeSet { deliveries: drafts.to_vec(), ..change(user) }).await;
}

pub(crate) fn lease_at(holder: Uuid, ms: i64) -> DeliveryLease {
    DeliveryLease { holder, now: at(ms), until: at(ms + LEASE_MS), limit: 100, per_channel: 100 }
}

/// What is due at this moment, leased by somebody.
async fn due<S: Store>(store: &S, ms: i64) -> Vec<DueDelivery> {
    store.lease_deliveries(&lease_at(mint(), ms)).await.unwrap()
}

pub(crate) fn ids(due: &[DueDelivery]) -> Vec<Uuid> {
    due.iter().map(|it| it.delivery.id).collect()
}

fn attempt(ms: i64, status: u16) -> Attempt {
    Attempt { at: at(ms), status: Some(status), error: None, latency_ms: 12 }
}

/// Finishes an attempt of which the channel has nothing to learn.
async fn finish<S: Store>(store: &S, holder: Uuid, id: Uuid, after: AfterAttempt) -> bool {
    let attempt = attempt(0, 200);
    let verdict = ChannelVerdict::Keep;
    store.finish_attempt(holder, id, Some(&attempt), &after, &verdict, at(9)).await.unwrap()
}

async fn find_delivery<S: Store>(store: &S, user: UserId, id: Uuid) -> Delivery {
    store.delivery(user.into(), id).await.unwrap().unwrap().unwrap()
}

pub(crate) async fn a_delivery_reads_back_as_it_was_set_up(stores: &impl Stores) {
    let store = stores.open();
    let hook = webhook("a");
    let user = reached_by(&store, "asad", std::slice::from_ref(&hook)).await;
    let draft = draft(&hook, 5);
    deliver(&store, user, std::slice::from_ref(&draft)).await;
    let want = Delivery {
        id: draft.id,
        user,
        event_id: draft.event_id,
        event_type: draft.event_type,
        channel: hook.id,
        kind: ChannelKind::Webhook,
        target: hook.target.clone(),
        state: DeliveryState::Pending,
        next_attempt_at: Some(at(5)),
        attempts: Vec::new(),
        created_at: now(),
        finished_at: None,
        message: draft.message,
    };
    assert_eq!(find_delivery(&store, user, draft.id).await, want);
    let other = super::fixture::user(&store, "bina").await;
    assert_eq!(store.delivery(other.into(), draft.id).await.unwrap(), Some(None));
    assert_eq!(due(&store, 4).await, []);
    let want = DueDelivery { delivery: want, channel: Some(hook) };
    assert_eq!(due(&store, 5).await, [want]);
}

pub(crate) async fn an_event_is_delivered_to_a_channel_once(stores: &impl Stores) {
    let store = stores.open();
    let (a, b) = (webhook("a"), webhook("b"));
    let user = reached_by(&store, "asad", &[a.clone(), b.clone()]).await;
    let first = draft(&a, 0);
    let to_b = DeliveryDraft { id: mint(), channel: b.id, ..first.clone() };
    let again = DeliveryDraft { id: mint(), ..first.clone() };
    let to_nobody = DeliveryDraft { id: mint(), channel: ChannelId(mint()), ..first.clone() };
    deliver(&store, user, &[first.clone(), to_b.clone(), again.clone(), to_nobody]).await;
    deliver(&store, user, &[again]).await;
    let mut want = [first.id, to_b.id];
    want.sort();
    assert_eq!(ids(&due(&store, 0).await), want);
}

pub(crate) async fn a_lease_keeps_others_away_until_it_ends(stores: &impl Stores) {
    let store = stores.open();
    let hook = webhook("a");
    let user = reached_by(&store, "asad", std::slice::from_ref(&hook)).await;
    let draft = draft(&hook, 0);
    deliver(&store, user, std::slice::from_ref(&draft)).await;
    let (first, second) = (mint(), mint());
    assert_eq!(store.lease_deliveries(&lease_at(first, 0)).await.unwrap().len(), 1);
    assert_eq!(store.lease_deliveries(&lease_at(first, 1)).await.unwrap(), []);
    assert_eq!(store.lease_deliveries(&lease_at(second, LEASE_MS - 1)).await.unwrap(), []);
    assert_eq!(store.lease_deliveries(&lease_at(second, LEASE_MS)).await.unwrap().len(), 1);
    assert!(!finish(&store, first, draft.id, AfterAttempt::Delivered).await);
    assert_eq!(find_delivery(&store, user, draft.id).await.attempts, []);
    assert!(finish(&store, second, draft.id, AfterAttempt::Delivered).await);
    assert!(!finish(&store, second, draft.id, AfterAttempt::Failed).await);
    assert_eq!(find_delivery(&store, user, draft.id).await.state, DeliveryState::Delivered);
}

pub(crate) async fn an_attempt_decides_what_becomes_of_a_delivery(stores: &impl Stores) {
    let store = stores.open();
    let hook = webhook("a");
    let user = reached_by(&store, "asad", std::slice::from_ref(&hook)).await;
    let outcomes = [
        (AfterAttempt::Delivered, DeliveryState::Delivered, None),
        (AfterAttempt::RetryAt(at(50)), DeliveryState::Pending, Some(at(50))),
        (AfterAttempt::Failed, DeliveryState::Failed, None),
        (AfterAttempt::Cancelled, DeliveryState::Cancelled, None),
    ];
    for (after, state, next_attempt_at) in outcomes {
        let draft = draft(&hook, 0);
        deliver(&store, user, std::slice::from_ref(&draft)).await;
        let holder = mint();
        let leased = store.lease_deliveries(&lease_at(holder, 0)).await.unwrap();
        assert_eq!(ids(&leased), [draft.id]);
        assert!(finish(&store, holder, draft.id, after).await);
        let found = find_delivery(&store, user, draft.id).await;
        assert_eq!((found.state, found.next_attempt_at), (state, next_attempt_at));
        assert_eq!(found.finished_at, next_attempt_at.is_none().then_some(at(9)));
        assert_eq!(found.attempts, [attempt(0, 200)]);
    }
    assert_eq!(due(&store, 49).await, []);
    assert_eq!(due(&store, 50).await.len(), 1);
}

pub(crate) async fn attempts_are_kept_in_their_order_up_to_a_limit(stores: &impl Stores) {
    let store = stores.open();
    let hook = webhook("a");
    let user = reached_by(&store, "asad", std::slice::from_ref(&hook)).await;
    let draft = draft(&hook, 0);
    deliver(&store, user, std::slice::from_ref(&draft)).await;
    let rounds = i64::from(ATTEMPTS_KEPT) + 3;
    let tried = |ms| Attempt {
        at: at(ms),
        status: (ms % 2 == 0).then_some(503),
        error: (ms % 2 == 1).then(|| "“timed” out\n".to_owned()),
        latency_ms: u32::try_from(ms).unwrap(),
    };
    for ms in 0..rounds {
        let holder = mint();
        store.lease_deliveries(&lease_at(holder, ms)).await.unwrap();
        let (tried, retry) = (tried(ms), AfterAttempt::RetryAt(at(ms + 1)));
        let keep = ChannelVerdict::Keep;
        let finished =
            store.finish_attempt(holder, draft.id, Some(&tried), &retry, &keep, at(ms)).await;
        assert!(finished.unwrap());
    }
    let want: Vec<Attempt> = (3..rounds).map(tried).collect();
    assert_eq!(find_delivery(&store, user, draft.id).await.attempts, want);
}

pub(crate) async fn a_full_queue_leaves_room_for_other_channels(stores: &impl Stores) {
    let store = stores.open();
    let (slow, other, third) = (webhook("slow"), webhook("other"), webhook("third"));
    let channels = [slow.clone(), other.clone(), third.clone()];
    let user = reached_by(&store, "asad", &channels).await;
    let queue: Vec<_> = (0..50).map(|it| draft(&slow, it - 1_000)).collect();
    deliver(&store, user, &queue).await;
    deliver(&store, user, &[draft(&other, 0), draft(&other, 1)]).await;
    let lease = async |ms, limit, per_channel| -> Vec<ChannelId> {
        let lease = DeliveryLease { limit, per_channel, ..lease_at(mint(), ms) };
        let due = store.lease_deliveries(&lease).await.unwrap();
        due.iter().map(|it| it.delivery.channel).collect()
    };
    assert_eq!(lease(5, 10, 3).await, [slow.id, slow.id, slow.id, other.id, other.id]);
    // With room for one, the channel comes first that was served longest ago.
    deliver(&store, user, &[draft(&third, 0)]).await;
    assert_eq!(lease(6, 1, 3).await, [third.id]);
    assert_eq!(lease(7, 2, 3).await, [slow.id, slow.id]);
}

pub(crate) async fn a_verdict_changes_the_channel(stores: &impl Stores) {
    let store = stores.open();
    let (a, b, c) = (webhook("a"), webhook("b"), webhook("c"));
    let user = reached_by(&store, "asad", &[a.clone(), b.clone(), c.clone()]).await;
    let drafts = [draft(&a, 0), draft(&b, 0), draft(&c, 0), draft(&a, 1)];
    deliver(&store, user, &drafts).await;
    let holder = mint();
    assert_eq!(store.lease_deliveries(&lease_at(holder, 0)).await.unwrap().len(), 3);
    let disable = ChannelVerdict::Disable { reason: "it said “410”".to_owned() };
    for (draft, verdict) in
        drafts.iter().zip([ChannelVerdict::Remove, disable, ChannelVerdict::Keep])
    {
        let failed = AfterAttempt::Failed;
        let finished = store.finish_attempt(holder, draft.id, None, &failed, &verdict, at(1)).await;
        assert!(finished.unwrap());
        assert_eq!(find_delivery(&store, user, draft.id).await.attempts, []);
    }
    let disabled =
        Channel { enabled: false, disabled_reason: Some("it said “410”".to_owned()), ..b };
    let set = channels_of(&store, user).await;
    assert_eq!((set.version, set.channels), (3, vec![disabled, c]));
    let due = due(&store, 1).await;
    assert_eq!((due[0].delivery.channel, due[0].channel.clone()), (a.id, None));
}

pub(crate) async fn a_replay_is_due_at_once_and_keeps_its_attempts(stores: &impl Stores) {
    let store = stores.open();
    let hook = webhook("a");
    let user = reached_by(&store, "asad", std::slice::from_ref(&hook)).await;
    let draft = draft(&hook, 0);
    deliver(&store, user, std::slice::from_ref(&draft)).await;
    let holder = mint();
    store.lease_deliveries(&lease_at(holder, 0)).await.unwrap();
    assert!(finish(&store, holder, draft.id, AfterAttempt::Failed).await);
    let stranger = super::fixture::user(&store, "bina").await;
    let stale = Caller { user, token_epoch: Some(7) };
    for (caller, id) in [(stranger.into(), draft.id), (stale, draft.id), (user.into(), mint())] {
        assert_eq!(store.replay_delivery(caller, id, at(20)).await.unwrap(), None);
    }
    let replayed = store.replay_delivery(user.into(), draft.id, at(20)).await.unwrap().unwrap();
    assert_eq!(find_delivery(&store, user, draft.id).await, replayed);
    assert_eq!((replayed.state, replayed.finished_at), (DeliveryState::Pending, None));
    assert_eq!((replayed.next_attempt_at, replayed.attempts.len()), (Some(at(20)), 1));
    assert_eq!(ids(&due(&store, 20).await), [draft.id]);
}

pub(crate) async fn the_log_pages_from_the_latest_on(stores: &impl Stores) {
    let store = stores.open();
    let (a, b) = (webhook("a"), webhook("b"));
    let user = reached_by(&store, "asad", &[a.clone(), b.clone()]).await;
    let empty = store.deliveries(user.into(), &query(None, None, None)).await.unwrap().unwrap();
    assert_eq!((empty.deliveries.len(), empty.next_cursor), (0, None));
    let drafts: Vec<_> = (0..7).map(|it| draft([&a, &b][it % 2], 0)).collect();
    deliver(&store, user, &drafts).await;
    let holder = mint();
    store.lease_deliveries(&lease_at(holder, 0)).await.unwrap();
    assert!(finish(&store, holder, drafts[2].id, AfterAttempt::Delivered).await);
    let latest_first = |keep: &dyn Fn(usize) -> bool| -> Vec<Uuid> {
        (0..7).rev().filter(|it| keep(*it)).map(|it| drafts[it].id).collect()
    };
    let (delivered, pending) = (Some(DeliveryState::Delivered), Some(DeliveryState::Pending));
    for (state, channel, want) in [
        (None, None, latest_first(&|_| true)),
        (delivered, None, latest_first(&|it| it == 2)),
        (pending, Some(a.id), latest_first(&|it| it % 2 == 0 && it != 2)),
        (None, Some(b.id), latest_first(&|it| it % 2 == 1)),
        (delivered, Some(b.id), vec![]),
    ] {
        assert_eq!(walk(&store, user, state, channel).await, want);
    }
}

fn query(
    state: Option<DeliveryState>,
    channel: Option<ChannelId>,
    before: Option<String>,
) -> DeliveryQuery {
    DeliveryQuery { state, channel, before, limit: 2 }
}

async fn walk<S: Store>(
    store: &S,
    user: UserId,
    state: Option<DeliveryState>,
    channel: Option<ChannelId>,
) -> Vec<Uuid> {
    let mut found = Vec::new();
    let mut cursor = None;
    loop {
        let query = query(state, channel, cursor);
        let page = store.deliveries(user.into(), &query).await.unwrap().unwrap();
        assert!(page.deliveries.len() == 2 || page.next_cursor.is_none());
        found.extend(page.deliveries.iter().map(|it| it.id));
        cursor = page.next_cursor;
        if cursor.is_none() {
            return found;
        }
    }
}

pub(crate) async fn a_cursor_of_another_log_is_refused(stores: &impl Stores) {
    let store = stores.open();
    let user = user(&store, "asad").await;
    for cursor in ["", "x", "WyJ0YXNrcyIsMV0"] {
        let query = query(None, None, Some(cursor.to_owned()));
        let outcome = store.deliveries(user.into(), &query).await;
        assert!(matches!(outcome, Err(StoreError::BadCursor)), "{cursor}");
    }
}

pub(crate) async fn nothing_is_sent_for_an_ended_account(stores: &impl Stores) {
    let store = stores.open();
    let hook = webhook("a");
    let user = reached_by(&store, "asad", std::slice::from_ref(&hook)).await;
    let drafts = [draft(&hook, 0), draft(&hook, 5)];
    deliver(&store, user, &drafts).await;
    let holder = mint();
    assert_eq!(store.lease_deliveries(&lease_at(holder, 0)).await.unwrap().len(), 1);
    commit(&store, &ChangeSet { tombstone: true, ..change(user) }).await;
    assert!(!finish(&store, holder, drafts[0].id, AfterAttempt::RetryAt(at(1))).await);
    assert_eq!(due(&store, 1_000_000).await, []);
    assert_eq!(store.delivery(user.into(), drafts[0].id).await.unwrap(), None);
    assert_eq!(store.deliveries(user.into(), &query(None, None, None)).await.unwrap(), None);
    assert_eq!(store.replay_delivery(user.into(), drafts[0].id, now()).await.unwrap(), None);
}
