//! Every limit of the HTTP API, with its reason.

use std::time::Duration;

use chrono::TimeDelta;
use task_store::change_set::RateCharge;

/// A task at all its own limits is some 40 KiB of JSON; this leaves room and bounds the memory of
/// one instance.
pub const BODY_BYTES_MAX: usize = 256 * 1024;

/// A page that renders at once; more would only be scrolled past.
pub const PAGE_DEFAULT: u32 = 50;
/// Keeps an answer within a few MiB even when every task is at its limits.
pub const PAGE_MAX: u32 = 200;
/// Changes are read by programs that catch up, so their page is larger.
pub const CHANGES_DEFAULT: u32 = 100;
pub const CHANGES_MAX: u32 = 500;
/// "Upcoming" is what a person can still act on: today and tomorrow by default.
pub const UPCOMING_HOURS_DEFAULT: u32 = 24;
/// A year; longer spans are a list query with `due_before`.
pub const UPCOMING_HOURS_MAX: u32 = 24 * 366;

/// Enough to see how a rule goes on.
pub const PREVIEW_DEFAULT: u32 = 10;
/// Two years of weeks; whoever wants more can go on from the last one.
pub const PREVIEW_MAX: u32 = 100;

/// A file of 64 MiB is some 200 000 tasks; whoever has more splits it.
pub const IMPORT_BYTES_MAX: u64 = 64 * 1024 * 1024;
/// What tells the records of one file apart is kept in memory, some dozen bytes for each.
pub const IMPORT_RECORDS_MAX: u64 = 200_000;
/// Large enough that a commit's fixed cost is spread over many rows, small enough that other
/// writers of the database hardly wait for it, and that its progress is seen.
pub const IMPORT_CHUNK_RECORDS: usize = 200;
/// Rows at their limits are large: a chunk of them is written several times over, as rows, events
/// and the document that carries both.
pub const IMPORT_CHUNK_BYTES: usize = 1024 * 1024;
/// The first faults of a file tell what is wrong with the others, too.
pub const IMPORT_ERRORS_MAX: usize = 100;
/// A chunk that waits for its share of the write rate this often meets a user who writes without
/// pause.
pub const IMPORT_WAITS_MAX: u32 = 60;
/// An import writes a chunk many times a second, even while it waits for its rate. One that has
/// been silent for this long lost its client or its instance.
pub const IMPORT_SILENCE: chrono::Duration = chrono::Duration::seconds(60);
pub const IMPORTS_DEFAULT: u32 = 20;
pub const IMPORTS_MAX: u32 = 100;
/// As much of a file as is held in memory at a time.
pub const EXPORT_PAGE: u32 = 200;

/// A search text longer than any title cannot match a title.
pub const SEARCH_CHARS_MAX: usize = 200;
/// The longest key in use by clients is a UUID or a hash in hex; 255 is the common bound.
pub const IDEMPOTENCY_KEY_CHARS_MAX: usize = 255;

/// Decisions are repeated on a version conflict; the sixth racer on one task gets 409.
pub const CONFLICT_RETRIES_MAX: u32 = 5;

/// Far above what hands can do, far below what starves other users: a script may write 2 000 tasks
/// at once and then 500 a second.
pub const WRITE_RATE: RateCharge = RateCharge { cost: 1, capacity: 2_000, refill_per_second: 500 };

/// Profile, channels, replays and uploads: what a person does a few times a day, and a program that
/// sets an account up a few dozen times at once.
pub const RARE_WRITES_PER_USER: Bucket = Bucket { capacity: 200, refill_ms: 200 };

/// Ten tries, then one every 30 s: a person who mistypes never meets it, guessing gets nowhere.
pub const SIGN_IN_PER_EMAIL: Bucket = Bucket { capacity: 10, refill_ms: 30_000 };
/// An office or a campus behind one address signs in; a spray of passwords does not get through.
pub const SIGN_IN_PER_CLIENT: Bucket = Bucket { capacity: 300, refill_ms: 200 };

/// How much a throttle bucket holds and how fast one token comes back.
#[derive(Clone, Copy, Debug)]
pub struct Bucket {
    pub capacity: u32,
    pub refill_ms: u64,
}

/// Shorter ones fall to lists of known passwords; the upper bound keeps the hash's work bounded.
pub const PASSWORD_CHARS_MIN: usize = 8;
pub const PASSWORD_CHARS_MAX: usize = 200;
/// RFC 5321's bound on an address in an envelope.
pub const EMAIL_CHARS_MAX: usize = 254;
pub const NAME_CHARS_MAX: usize = 100;

/// More browsers, addresses and programs than one person has; each is told of every reminder.
pub const CHANNELS_MAX: usize = 20;

/// A token outlives a working day and no more.
pub const ACCESS_TOKEN_LIFETIME: Duration = Duration::from_secs(24 * 60 * 60);

/// Clocks of two machines differ a little, and a token just given must not be of the future.
pub const CLOCK_LEEWAY: Duration = Duration::from_secs(30);
/// OpenID Connect's bound on a subject.
pub const EXTERNAL_SUBJECT_CHARS_MAX: usize = 255;

/// A provider announces a new key this long before it signs with it, or longer.
pub const JWKS_FRESH: TimeDelta = TimeDelta::minutes(10);
/// A provider that is down must not sign everybody out; a key that it withdrew must not live on.
pub const JWKS_KEPT_WITHOUT_PROVIDER: TimeDelta = TimeDelta::hours(1);
/// Tokens that name unknown keys cost anybody nothing: they must not make us ask at their pace.
pub const JWKS_ASK_AGAIN_AFTER: TimeDelta = TimeDelta::seconds(30);
/// Providers publish a handful of keys, of some 2 KiB each with their certificates.
pub const JWKS_BYTES_MAX: usize = 64 * 1024;
/// A person waits for it, once in a while.
pub const JWKS_TIMEOUT: Duration = Duration::from_secs(3);

/// The sidecar stands beside the component; what takes longer is broken. Far below the lease.
pub const PUBLISH_TIMEOUT: Duration = Duration::from_secs(2);

/// A third of what a person takes for "at once"; a stream costs one small read for each.
pub const SYNC_POLL_INTERVAL: Duration = Duration::from_millis(150);
/// Below the 30 s after which the most impatient proxies cut a silent connection.
pub const SYNC_HEARTBEAT: TimeDelta = TimeDelta::seconds(15);
/// A stream holds an instance; its end lets a new release, and another node, take over.
pub const SYNC_LIFETIME: TimeDelta = TimeDelta::minutes(5);
/// When a client comes back after the end of its stream.
pub const SYNC_RETRY_AFTER: Duration = Duration::from_secs(1);
/// What a connection takes that is slow, but not dead.
pub const SYNC_STALLED_AFTER: Duration = Duration::from_secs(10);
/// From the ticket in hand to the connection open.
pub const SYNC_TICKET_LIFETIME: Duration = Duration::from_secs(60);

/// The hub stands beside the app, like the sidecar.
pub const HUB_TIMEOUT: Duration = Duration::from_secs(2);

/// Of an answer to us the beginning is read: a stranger's server may send without end, and what we
/// ask for is short.
pub const ANSWER_BYTES_MAX: usize = 1024 * 1024;

/// What a push service, a webhook or a mail server may take to answer; far below a lease.
pub const DELIVERY_TIMEOUT: Duration = Duration::from_secs(10);
