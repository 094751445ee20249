-- ?1 user, ?2 token epoch or NULL, ?3 id.
SELECT
  deliveries.id, deliveries.user_id, deliveries.event_id, deliveries.event_type,
  deliveries.channel, deliveries.kind, deliveries.target, deliveries.state,
  deliveries.next_attempt_at, deliveries.attempts, deliveries.created_at, deliveries.finished_at,
  deliveries.message
FROM users
LEFT JOIN deliveries ON deliveries.id = ?3 AND deliveries.user_id = users.id
WHERE users.id = ?1 AND users.deleted_at IS NULL
  AND (?2 IS NULL OR users.token_epoch = ?2)
