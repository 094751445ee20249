-- A later copy is another failure. One that comes to a replayed letter may be the replayed message,
-- whenever it was received: it may have met its end before the replay was noted, so it opens it.
-- ?1 topic, ?2 event id, ?3 event type, ?4 reason, ?5 body, ?6 received at.
INSERT INTO dead_letters (topic, event_id, event_type, reason, body, received_at)
VALUES (?1, ?2, ?3, ?4, ?5, ?6)
ON CONFLICT (topic, event_id) DO UPDATE SET
  reason = excluded.reason, received_at = excluded.received_at, replayed_at = NULL
WHERE replayed_at IS NOT NULL OR received_at < excluded.received_at
