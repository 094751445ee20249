-- A second copy changes nothing, unless the letter was replayed in between: then it failed again.
-- ?1 topic, ?2 event id, ?3 event type, ?4 reason, ?5 body, ?6 received at.
INSERT INTO dead_letters (topic, event_id, event_type, reason, body, received_at)
VALUES (?1, ?2, ?3, ?4, ?5, ?6)
ON CONFLICT (topic, event_id) DO UPDATE SET
  reason = excluded.reason, received_at = excluded.received_at, replayed_at = NULL
WHERE replayed_at < excluded.received_at
