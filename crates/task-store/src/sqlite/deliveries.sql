-- A page of deliveries, latest first, and a row of NULLs where there is none.
-- ?1 user, ?2 token epoch or NULL, ?3 before this place, ?4 state or NULL, ?5 channel or NULL,
-- ?6 rows.
SELECT
  page.place,
  page.id, page.user_id, page.event_id, page.event_type, page.channel, page.kind, page.target,
  page.state, page.next_attempt_at, page.attempts, page.created_at, page.finished_at, page.message
FROM users
LEFT JOIN (
  SELECT * FROM deliveries INDEXED BY deliveries_by_user
  WHERE user_id = ?1 AND place < ?3
    AND (?4 IS NULL OR state = ?4)
    AND (?5 IS NULL OR channel = ?5)
  ORDER BY place DESC LIMIT ?6
) AS page ON TRUE
WHERE users.id = ?1 AND users.deleted_at IS NULL
  AND (?2 IS NULL OR users.token_epoch = ?2)
ORDER BY page.place DESC
