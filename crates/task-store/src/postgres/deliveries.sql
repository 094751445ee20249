-- A page of deliveries, latest first, and a row of NULLs where there is none.
-- $1 user, $2 token epoch or NULL, $3 before this place, $4 state or NULL, $5 channel or NULL,
-- $6 rows.
SELECT
  page.place,
  page.id::text, page.user_id::text, page.event_id::text, page.event_type, page.channel::text,
  page.kind, page.target, page.state, page.next_attempt_at, page.attempts::text, page.created_at,
  page.finished_at, page.message
FROM taskmaster.users
LEFT JOIN (
  SELECT * FROM taskmaster.deliveries
  WHERE user_id = $1::text::uuid AND place < $3::bigint
    AND ($4::text IS NULL OR state = $4::text)
    AND ($5::text IS NULL OR channel = $5::text::uuid)
  ORDER BY place DESC LIMIT $6::bigint
) AS page ON TRUE
WHERE users.id = $1::text::uuid AND users.deleted_at IS NULL
  AND ($2::bigint IS NULL OR users.token_epoch = $2::bigint)
ORDER BY page.place DESC
