-- The change feed after a sequence number, and a row of NULLs where nothing follows.
-- ?1 user, ?2 after, ?3 rows, ?4 token epoch or NULL.
SELECT users.change_seq, users.swept_seq, feed.id, feed.seq, feed.number, feed.body
FROM users
LEFT JOIN (
  SELECT id, seq, number, body FROM events
  WHERE user_id = ?1 AND seq > ?2
  ORDER BY seq LIMIT ?3
) AS feed ON TRUE
WHERE users.id = ?1 AND users.deleted_at IS NULL
  AND (?4 IS NULL OR users.token_epoch = ?4)
ORDER BY feed.seq
