-- $1 user, $2 now, $3 and $4 today, $5 the end of the next 24 hours, $6 token epoch or NULL.
-- Counted over one index.
SELECT
  count(number),
  count(*) FILTER (WHERE completed),
  count(*) FILTER (WHERE NOT completed),
  count(*) FILTER (WHERE NOT completed AND due_ascending < $2::bigint),
  count(*) FILTER (
    WHERE NOT completed AND due_ascending >= $3::bigint AND due_ascending < $4::bigint
  ),
  count(*) FILTER (
    WHERE NOT completed AND due_ascending >= $2::bigint AND due_ascending < $5::bigint
  ),
  count(*) FILTER (WHERE NOT completed AND due_ascending = 9000000000000000)
FROM taskmaster.users LEFT JOIN taskmaster.tasks ON tasks.user_id = users.id
WHERE users.id = $1::text::uuid AND users.deleted_at IS NULL
  AND ($6::bigint IS NULL OR users.token_epoch = $6::bigint)
GROUP BY users.id
