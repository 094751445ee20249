-- ?1 user, ?2 now, ?3 and ?4 today, ?5 the end of the next 24 hours,
-- ?6 token epoch or NULL. Counted over one index.
SELECT
  count(number),
  count(*) FILTER (WHERE completed = 1),
  count(*) FILTER (WHERE completed = 0),
  count(*) FILTER (WHERE completed = 0 AND due_ascending < ?2),
  count(*) FILTER (WHERE completed = 0 AND due_ascending >= ?3 AND due_ascending < ?4),
  count(*) FILTER (WHERE completed = 0 AND due_ascending >= ?2 AND due_ascending < ?5),
  count(*) FILTER (WHERE completed = 0 AND due_ascending = 9000000000000000)
FROM users LEFT JOIN tasks ON tasks.user_id = users.id
WHERE users.id = ?1 AND users.deleted_at IS NULL
  AND (?6 IS NULL OR users.token_epoch = ?6)
GROUP BY users.id
