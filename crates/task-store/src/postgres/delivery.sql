-- $1 user, $2 token epoch or NULL, $3 id.
SELECT
  deliveries.id::text, deliveries.user_id::text, deliveries.event_id::text, deliveries.event_type,
  deliveries.channel::text, deliveries.kind, deliveries.target, deliveries.state,
  deliveries.next_attempt_at, deliveries.attempts::text, deliveries.created_at,
  deliveries.finished_at, deliveries.message
FROM taskmaster.users
LEFT JOIN taskmaster.deliveries
  ON deliveries.id = $3::text::uuid AND deliveries.user_id = users.id
WHERE users.id = $1::text::uuid AND users.deleted_at IS NULL
  AND ($2::bigint IS NULL OR users.token_epoch = $2::bigint)
