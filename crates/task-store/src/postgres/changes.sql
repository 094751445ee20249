-- The change feed after a sequence number, and a row of NULLs where nothing follows.
-- $1 user, $2 after, $3 rows, $4 token epoch or NULL.
SELECT users.change_seq, users.swept_seq, feed.id::text, feed.seq, feed.number, feed.body
FROM taskmaster.users
LEFT JOIN (
  SELECT id, seq, number, body FROM taskmaster.events
  WHERE user_id = $1::text::uuid AND seq > $2::bigint
  ORDER BY seq LIMIT $3::bigint
) AS feed ON TRUE
WHERE users.id = $1::text::uuid AND users.deleted_at IS NULL
  AND ($4::bigint IS NULL OR users.token_epoch = $4::bigint)
ORDER BY feed.seq
