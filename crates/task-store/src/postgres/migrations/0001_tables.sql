  -- Times and lengths are milliseconds, times since 1970 in UTC. A text that is part of a key is
  -- compared byte by byte, because an operating system may change its mind about its collations
  -- under an index.
  CREATE TABLE taskmaster.users (
    id uuid PRIMARY KEY,
    email text COLLATE "C" NOT NULL,
    name text NOT NULL,
    timezone text NOT NULL,
    password_hash text,
    token_epoch bigint NOT NULL,
    external_sub text COLLATE "C",
    quiet_from text,
    quiet_to text,
    next_task_number bigint NOT NULL DEFAULT 1,
    change_seq bigint NOT NULL DEFAULT 0,
    -- The change feed up to here may have lost entries to the sweep.
    swept_seq bigint NOT NULL DEFAULT 0,
    -- Kept beside the other counters so that no gauge has to walk the tasks.
    task_count bigint NOT NULL DEFAULT 0,
    -- Thousandths of a token as of rate_at; NULL is a full bucket.
    rate_level bigint,
    rate_at bigint NOT NULL DEFAULT 0,
    created_at bigint NOT NULL,
    deleted_at bigint
  )
  -- Every commit changes its user's row, in columns that no index has: with room in the page, the
  -- new row costs no index entry.
  WITH (fillfactor = 50);

  CREATE UNIQUE INDEX users_live_email ON taskmaster.users (email) WHERE deleted_at IS NULL;
  CREATE UNIQUE INDEX users_external_sub ON taskmaster.users (external_sub)
    WHERE external_sub IS NOT NULL;
  -- Ended accounts, of which something may still have to be erased.
  CREATE INDEX users_ended ON taskmaster.users (deleted_at) WHERE deleted_at IS NOT NULL;

  CREATE TABLE taskmaster.tasks (
    user_id uuid NOT NULL,
    number bigint NOT NULL,
    version bigint NOT NULL,
    title text NOT NULL,
    description text NOT NULL,
    priority bigint NOT NULL,
    tags text NOT NULL,
    due_at bigint,
    timezone text NOT NULL,
    recurrence text,
    reminders text NOT NULL,
    subtasks text NOT NULL,
    series_id uuid,
    occurrence bigint,
    completed_at bigint,
    created_at bigint NOT NULL,
    updated_at bigint NOT NULL,
    -- Folded by the writer, as every engine's search needs it.
    title_key text COLLATE "C" NOT NULL,
    search_text text COLLATE "C" NOT NULL,
    completed boolean NOT NULL,
    -- Put tasks without a due date last, whichever way the list runs.
    due_ascending bigint NOT NULL,
    due_descending bigint NOT NULL,
    PRIMARY KEY (user_id, number)
  )
  WITH (fillfactor = 85);

  -- `completed` stands at the end of each order, because most lists filter by it: an entry that
  -- does not match is passed over without a look at its task.
  CREATE INDEX tasks_by_creation ON taskmaster.tasks (user_id, created_at, number, completed);
  CREATE INDEX tasks_by_title ON taskmaster.tasks (user_id, title_key, number, completed);
  CREATE INDEX tasks_by_due_ascending
    ON taskmaster.tasks (user_id, due_ascending, number, completed);
  CREATE INDEX tasks_by_due_descending
    ON taskmaster.tasks (user_id, due_descending, number, completed);
  CREATE INDEX tasks_by_priority ON taskmaster.tasks (user_id, priority, number, completed);
  CREATE INDEX tasks_by_status ON taskmaster.tasks (user_id, completed, number);
  CREATE INDEX tasks_by_series ON taskmaster.tasks (user_id, series_id, occurrence)
    WHERE series_id IS NOT NULL;

  -- One successor for each completed occurrence; the row outlives the successor.
  CREATE TABLE taskmaster.successions (
    user_id uuid NOT NULL,
    series_id uuid NOT NULL,
    occurrence bigint NOT NULL,
    successor bigint NOT NULL,
    PRIMARY KEY (user_id, series_id, occurrence)
  );

  -- A bucket is described by the instant at which it will be full again.
  CREATE TABLE taskmaster.throttles (
    bucket text COLLATE "C" PRIMARY KEY,
    full_at bigint NOT NULL
  );
  CREATE INDEX throttles_by_fullness ON taskmaster.throttles (full_at);

  -- Event log, outbox and change feed in one table. A position is taken under the lock of its
  -- user's row and that lock is held until the commit, so a user's events become visible in the
  -- order of their positions. Two users' events may not: a lower position can appear after a higher
  -- one. That is harmless, because nobody remembers how far they have read: the relay asks for what
  -- is pending, from each user's earliest on, and the feed goes by each user's `seq`.
  CREATE TABLE taskmaster.events (
    position bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    user_id uuid NOT NULL,
    -- NULL: not a change of a task, so not in the change feed.
    seq bigint,
    id uuid NOT NULL,
    number bigint NOT NULL,
    body text NOT NULL,
    -- A bit for each topic still to reach, and for each topic given up on.
    pending bigint NOT NULL,
    parked bigint NOT NULL DEFAULT 0,
    attempts bigint NOT NULL DEFAULT 0,
    retry_at bigint NOT NULL DEFAULT 0,
    created_at bigint NOT NULL
  );
  -- Without a condition it finds all events of a user, those outside the feed, too.
  CREATE UNIQUE INDEX events_feed ON taskmaster.events (user_id, seq);
  CREATE INDEX events_pending ON taskmaster.events (user_id, position) WHERE pending <> 0;
  -- What the sweep may take, in the order in which it takes it.
  CREATE INDEX events_done ON taskmaster.events (position) WHERE pending = 0 AND parked = 0;

  -- The earliest pending event of each user, and how many there are, so that a batch and the gauges
  -- cost the same with any user's backlog. Whoever writes `pending` or `retry_at` of an event keeps
  -- this up: first this row is locked, then the events are written, then they are looked at anew.
  CREATE TABLE taskmaster.outbox_heads (
    user_id uuid PRIMARY KEY,
    position bigint NOT NULL,
    retry_at bigint NOT NULL,
    waiting bigint NOT NULL
  )
  WITH (fillfactor = 50);
  CREATE INDEX outbox_heads_in_order ON taskmaster.outbox_heads (position, retry_at);

  -- One row: who relays, until when, and what has been published in all.
  CREATE TABLE taskmaster.relay (
    single boolean PRIMARY KEY DEFAULT true CHECK (single),
    holder uuid,
    lease_until bigint NOT NULL DEFAULT 0,
    back_off_until bigint NOT NULL DEFAULT 0,
    -- Counts (event, topic) pairs.
    published_total bigint NOT NULL DEFAULT 0
  )
  WITH (fillfactor = 10);
  INSERT INTO taskmaster.relay DEFAULT VALUES;

  CREATE TABLE taskmaster.dead_letters (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    -- Where a parked event lies in `events`; NULL for a message that came from a dead-letter topic.
    position bigint,
    -- The topics a parked event has still to reach, as bits.
    topics bigint NOT NULL DEFAULT 0,
    topic text COLLATE "C" NOT NULL,
    event_id text COLLATE "C" NOT NULL,
    event_type text NOT NULL,
    reason text NOT NULL,
    body text NOT NULL,
    received_at bigint NOT NULL,
    replayed_at bigint,
    UNIQUE (topic, event_id)
  );
  -- What an operator has still to look at.
  CREATE INDEX dead_letters_open ON taskmaster.dead_letters (position) WHERE replayed_at IS NULL;
  CREATE INDEX dead_letters_replayed_at ON taskmaster.dead_letters (replayed_at)
    WHERE replayed_at IS NOT NULL;

  -- The records that make it harmless to repeat a unit of work.
  -- Ids of changes sort by time, so this table grows at its end.
  CREATE TABLE taskmaster.changes (
    change_id uuid PRIMARY KEY,
    -- The inserts were numbered from here on, without gaps.
    first_number bigint NOT NULL,
    committed_at bigint NOT NULL
  );

  CREATE TABLE taskmaster.inbox (
    place bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    consumer text COLLATE "C" NOT NULL,
    event_id text COLLATE "C" NOT NULL,
    consumed_at bigint NOT NULL,
    UNIQUE (consumer, event_id)
  );

  CREATE TABLE taskmaster.idempotency (
    place bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    user_id uuid NOT NULL,
    scope text COLLATE "C" NOT NULL,
    body_hash text NOT NULL,
    status bigint NOT NULL,
    body text,
    number bigint,
    answered_at bigint NOT NULL,
    UNIQUE (user_id, scope)
  );

  -- One row for each instant at which a task is to ring. It is named by the version of the task
  -- that set it and by its place there; `state` is pending, fired, skipped (its instant had passed
  -- when it was set) or cancelled (taken away, and the scheduler has still to be told).
  CREATE TABLE taskmaster.reminders (
    user_id uuid NOT NULL,
    number bigint NOT NULL,
    version bigint NOT NULL,
    n bigint NOT NULL,
    fire_at bigint NOT NULL,
    state text NOT NULL,
    -- When the scheduler was last told to ring; NULL before that, and once it has rung.
    armed_at bigint,
    PRIMARY KEY (user_id, number, version, n)
  );
  CREATE INDEX reminders_pending ON taskmaster.reminders (fire_at, armed_at)
    WHERE state = 'pending';
  CREATE INDEX reminders_unarmed ON taskmaster.reminders (fire_at)
    WHERE state = 'pending' AND armed_at IS NULL;
  CREATE INDEX reminders_cancelled ON taskmaster.reminders (fire_at) WHERE state = 'cancelled';

  -- A user's channels are one value: {id, kind, name, target, secrets, enabled, disabled_reason,
  -- created_at} each, in the order that their owner gave them.
  CREATE TABLE taskmaster.channel_sets (
    user_id uuid PRIMARY KEY,
    version bigint NOT NULL,
    channels jsonb NOT NULL
  );

  CREATE TABLE taskmaster.deliveries (
    -- The order in which they were set up.
    place bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    id uuid NOT NULL UNIQUE,
    user_id uuid NOT NULL,
    event_id uuid NOT NULL,
    event_type text NOT NULL,
    channel uuid NOT NULL,
    kind text NOT NULL,
    target text NOT NULL,
    -- pending, delivered, failed or cancelled.
    state text NOT NULL,
    next_attempt_at bigint,
    holder uuid,
    lease_until bigint NOT NULL DEFAULT 0,
    due_at bigint GENERATED ALWAYS AS (greatest(next_attempt_at, lease_until)) STORED,
    -- [{at, status, error, latency_ms}], earliest first.
    attempts jsonb NOT NULL DEFAULT '[]',
    message text NOT NULL,
    created_at bigint NOT NULL,
    finished_at bigint,
    UNIQUE (event_id, channel)
  );
  CREATE INDEX deliveries_by_user ON taskmaster.deliveries (user_id, place, state, channel);
  CREATE INDEX deliveries_waiting ON taskmaster.deliveries (channel, due_at)
    WHERE state = 'pending';
  CREATE INDEX deliveries_finished ON taskmaster.deliveries (finished_at)
    WHERE finished_at IS NOT NULL;
  CREATE INDEX deliveries_failed ON taskmaster.deliveries (place) WHERE state = 'failed';

  -- When the earliest pending delivery of each channel is due, and how long the latest lease of one
  -- lasts, so that a lease costs by the channels that wait, whatever the queue of one of them is,
  -- and serves them in turn. Whoever writes a delivery keeps this up, after it and in the order of
  -- the channels, so that no two wait for each other.
  CREATE TABLE taskmaster.delivery_heads (
    channel uuid PRIMARY KEY,
    due_at bigint NOT NULL,
    served_until bigint NOT NULL DEFAULT 0
  )
  WITH (fillfactor = 50);
  CREATE INDEX delivery_heads_in_order ON taskmaster.delivery_heads (due_at, served_until);

  CREATE TABLE taskmaster.imports (
    user_id uuid NOT NULL,
    id uuid NOT NULL,
    format text NOT NULL,
    -- running, done or failed.
    state text NOT NULL,
    read_bytes bigint NOT NULL,
    total_bytes bigint,
    records bigint NOT NULL,
    created bigint NOT NULL,
    duplicates bigint NOT NULL,
    failed bigint NOT NULL,
    errors text NOT NULL,
    started_at bigint NOT NULL,
    updated_at bigint NOT NULL,
    PRIMARY KEY (user_id, id)
  );
  CREATE INDEX imports_by_start ON taskmaster.imports (user_id, started_at);
  CREATE INDEX imports_by_update ON taskmaster.imports (updated_at);

  -- The records of uploaded files that became tasks. A key outlives its import and its task, so
  -- that the same file brings nothing twice.
  CREATE TABLE taskmaster.import_keys (
    user_id uuid NOT NULL,
    source text COLLATE "C" NOT NULL,
    uid text COLLATE "C" NOT NULL,
    number bigint NOT NULL,
    PRIMARY KEY (user_id, source, uid)
  );

