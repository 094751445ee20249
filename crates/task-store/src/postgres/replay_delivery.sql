-- The user's row is locked first, as everywhere. $1 user, $2 token epoch or NULL, $3 id, $4 now.
WITH owner AS (
  SELECT id FROM taskmaster.users
  WHERE id = $1::text::uuid AND deleted_at IS NULL
    AND ($2::bigint IS NULL OR token_epoch = $2::bigint)
  FOR UPDATE
), replayed AS (
  UPDATE taskmaster.deliveries AS delivery SET
    state = 'pending', next_attempt_at = $4::bigint, finished_at = NULL
  FROM owner
  WHERE delivery.id = $3::text::uuid AND delivery.user_id = owner.id
  RETURNING delivery.*
), head AS (
  INSERT INTO taskmaster.delivery_heads AS present (channel, due_at)
  SELECT channel, due_at FROM replayed
  ON CONFLICT (channel) DO UPDATE SET due_at = least(present.due_at, excluded.due_at)
)
SELECT
  id::text, user_id::text, event_id::text, event_type, channel::text, kind, target, state,
  next_attempt_at, attempts::text, created_at, finished_at, message
FROM replayed
