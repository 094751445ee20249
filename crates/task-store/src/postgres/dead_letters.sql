-- $1 after, $2 rows.
SELECT
  id, position IS NOT NULL, topics, topic, event_id, event_type, reason, body, received_at,
  replayed_at
FROM taskmaster.dead_letters WHERE id > $1::bigint ORDER BY id LIMIT $2::bigint
