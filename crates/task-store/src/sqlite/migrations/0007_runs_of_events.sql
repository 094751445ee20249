-- A batch carries a run of each user's events, and a relay that fails knows how often it has.
ALTER TABLE relay ADD COLUMN failures INTEGER NOT NULL DEFAULT 0
----
-- Holds what a batch is picked by, so that no event is read that is not given.
DROP INDEX events_pending
----
CREATE INDEX events_pending ON events (user_id, position, pending, retry_at) WHERE pending <> 0
----
PRAGMA user_version = 7
