-- Event log, outbox and change feed in one table, and the relay that empties the outbox.
-- AUTOINCREMENT, because a position must never be given twice, not even after a sweep.
CREATE TABLE events (
  position INTEGER PRIMARY KEY AUTOINCREMENT,
  user_id TEXT NOT NULL,
  -- NULL: not a change of a task, so not in the change feed.
  seq INTEGER,
  id TEXT NOT NULL,
  number INTEGER NOT NULL,
  body TEXT NOT NULL,
  -- A bit for each topic still to reach, and for each topic given up on.
  pending INTEGER NOT NULL,
  parked INTEGER NOT NULL DEFAULT 0,
  attempts INTEGER NOT NULL DEFAULT 0,
  retry_at INTEGER NOT NULL DEFAULT 0,
  created_at INTEGER NOT NULL
) STRICT
----
CREATE UNIQUE INDEX events_feed ON events (user_id, seq) WHERE seq IS NOT NULL
----
CREATE INDEX events_pending ON events (user_id, position) WHERE pending <> 0
----
-- What the sweep may take, in the order in which it takes it.
CREATE INDEX events_done ON events (position) WHERE pending = 0 AND parked = 0
----
-- The earliest pending event of each user, and how many there are. It is derived from `events` by
-- the triggers below, so that a batch and the gauges cost the same with any user's backlog.
CREATE TABLE outbox_heads (
  user_id TEXT NOT NULL PRIMARY KEY,
  position INTEGER NOT NULL,
  retry_at INTEGER NOT NULL,
  waiting INTEGER NOT NULL
) STRICT, WITHOUT ROWID
----
CREATE INDEX outbox_heads_in_order ON outbox_heads (position, retry_at)
----
CREATE TRIGGER events_inserted AFTER INSERT ON events WHEN NEW.pending <> 0
BEGIN
  INSERT INTO outbox_heads (user_id, position, retry_at, waiting)
  VALUES (NEW.user_id, NEW.position, NEW.retry_at, 1)
  ON CONFLICT (user_id) DO UPDATE SET waiting = waiting + 1;
END
----
-- An event that was put back may be the only one, or come before its user's earliest.
CREATE TRIGGER events_updated AFTER UPDATE OF pending, retry_at ON events
BEGIN
  INSERT INTO outbox_heads (user_id, position, retry_at, waiting)
  SELECT NEW.user_id, NEW.position, NEW.retry_at, 0 WHERE NEW.pending <> 0
  ON CONFLICT (user_id) DO NOTHING;

  DELETE FROM outbox_heads
  WHERE user_id = NEW.user_id AND waiting + (NEW.pending <> 0) = (OLD.pending <> 0);

  UPDATE outbox_heads SET
    waiting = waiting + (NEW.pending <> 0) - (OLD.pending <> 0),
    (position, retry_at) = (
      SELECT position, retry_at FROM events
      WHERE user_id = NEW.user_id AND pending <> 0
      ORDER BY position LIMIT 1
    )
  WHERE user_id = NEW.user_id;
END
----
CREATE TRIGGER events_deleted AFTER DELETE ON events WHEN OLD.seq IS NOT NULL
BEGIN
  UPDATE users SET swept_seq = max(swept_seq, OLD.seq) WHERE id = OLD.user_id;
END
----
-- One row: who relays, until when, and what has been published in all.
CREATE TABLE relay (
  only INTEGER PRIMARY KEY CHECK (only = 1),
  holder TEXT,
  lease_until INTEGER NOT NULL DEFAULT 0,
  back_off_until INTEGER NOT NULL DEFAULT 0,
  -- Counts (event, topic) pairs.
  published_total INTEGER NOT NULL DEFAULT 0
) STRICT
----
INSERT INTO relay (only) VALUES (1)
----
CREATE TABLE dead_letters (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  -- Where a parked event lies in `events`; NULL for a message that came from a dead-letter topic.
  position INTEGER,
  -- The topics a parked event has still to reach, as bits.
  topics INTEGER NOT NULL DEFAULT 0,
  topic TEXT NOT NULL,
  event_id TEXT NOT NULL,
  event_type TEXT NOT NULL,
  reason TEXT NOT NULL,
  body TEXT NOT NULL,
  received_at INTEGER NOT NULL,
  replayed_at INTEGER,
  UNIQUE (topic, event_id)
) STRICT
----
-- What an operator has still to look at.
CREATE INDEX dead_letters_open ON dead_letters (position) WHERE replayed_at IS NULL
----
CREATE TRIGGER dead_letters_replayed AFTER UPDATE OF replayed_at ON dead_letters
WHEN NEW.replayed_at IS NOT NULL AND NEW.position IS NOT NULL
BEGIN
  UPDATE events SET pending = pending | parked, parked = 0, attempts = 0, retry_at = 0
  WHERE position = NEW.position AND parked <> 0;
END
----
-- Inserting a batch's results here records them, if the lease is still the writer's:
-- {holder, now, lease_until, marks: [{position, published, refusal?: {reason, retry_at, park}}]}.
CREATE VIEW mark_batch (doc) AS SELECT NULL WHERE 0
----
CREATE TRIGGER mark_batch_inserted INSTEAD OF INSERT ON mark_batch
BEGIN
  SELECT RAISE(ABORT, 'refused: lease_lost')
  WHERE NOT EXISTS (SELECT 1 FROM relay WHERE holder = NEW.doc ->> 'holder');

  UPDATE relay SET
    lease_until = NEW.doc ->> 'lease_until',
    published_total = published_total + (
      SELECT count(*)
      FROM json_each(NEW.doc, '$.marks') AS mark
      CROSS JOIN events ON events.position = mark.value ->> 'position'
      CROSS JOIN (VALUES (1), (2), (4), (8), (16), (32), (64), (128)) AS bit
      WHERE events.pending & (mark.value ->> 'published') & bit.column1 <> 0
    );

  -- An event parked again after a replay is the same letter, open again.
  INSERT INTO dead_letters
    (position, topics, topic, event_id, event_type, reason, body, received_at)
  SELECT
    events.position,
    events.pending & ~(mark.value ->> 'published'),
    '',
    events.id,
    CASE WHEN json_valid(events.body) THEN coalesce(events.body ->> 'type', '') ELSE '' END,
    mark.value ->> '$.refusal.reason',
    events.body,
    NEW.doc ->> 'now'
  FROM json_each(NEW.doc, '$.marks') AS mark
  CROSS JOIN events ON events.position = mark.value ->> 'position'
  WHERE mark.value ->> '$.refusal.park'
    AND events.pending & ~(mark.value ->> 'published') <> 0
  ON CONFLICT (topic, event_id) DO UPDATE SET
    topics = excluded.topics,
    reason = excluded.reason,
    received_at = excluded.received_at,
    replayed_at = NULL;

  UPDATE events SET
    pending = iif(mark.value ->> '$.refusal.park', 0, pending & ~(mark.value ->> 'published')),
    parked = iif(
      mark.value ->> '$.refusal.park', parked | (pending & ~(mark.value ->> 'published')), parked
    ),
    attempts = attempts + (mark.value ->> '$.refusal.retry_at' IS NOT NULL),
    retry_at = coalesce(mark.value ->> '$.refusal.retry_at', retry_at)
  FROM json_each(NEW.doc, '$.marks') AS mark
  WHERE events.position = mark.value ->> 'position';
END
----
PRAGMA user_version = 2
