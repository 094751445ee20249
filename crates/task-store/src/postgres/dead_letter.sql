-- $1 id.
SELECT
  id, position IS NOT NULL, topics, topic, event_id, event_type, reason, body, received_at,
  replayed_at
FROM taskmaster.dead_letters WHERE id = $1::bigint
