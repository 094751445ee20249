-- ?1 user, ?2 token epoch or NULL, ?3 id, ?4 now.
UPDATE deliveries SET state = 'pending', next_attempt_at = ?4, finished_at = NULL
WHERE id = ?3 AND user_id = ?1 AND EXISTS (
  SELECT 1 FROM users
  WHERE id = ?1 AND deleted_at IS NULL AND (?2 IS NULL OR token_epoch = ?2)
)
RETURNING
  id, user_id, event_id, event_type, channel, kind, target, state, next_attempt_at, attempts,
  created_at, finished_at, message
