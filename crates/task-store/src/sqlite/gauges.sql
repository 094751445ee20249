-- Counts over indexes and over users; no task and no event body is read, but for the oldest
-- pending event's row.
SELECT
  (SELECT count(*) FROM events WHERE pending <> 0),
  (SELECT created_at FROM events WHERE position = (SELECT min(position) FROM outbox_heads)),
  (SELECT published_total FROM relay),
  (SELECT count(*) FROM dead_letters WHERE replayed_at IS NULL AND position IS NOT NULL),
  (SELECT count(*) FROM dead_letters WHERE replayed_at IS NULL AND position IS NULL),
  count(*),
  coalesce(sum(task_count), 0)
FROM users WHERE deleted_at IS NULL
