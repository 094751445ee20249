-- The results of a batch, and the next one in rows as claim.sql gives them.
-- $1 the marks as JSON, $2 events, $3 events of one user, $4 bytes.
SELECT
  position, user_id::text, id::text, number, seq, pending, attempts, body
FROM taskmaster.mark_v1($1::text::jsonb, $2::bigint, $3::bigint, $4::bigint)
ORDER BY position
