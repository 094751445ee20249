-- Walks the users and, of those who have any, the outbox: no task, and one event.
SELECT
  (SELECT coalesce(sum(waiting), 0) FROM outbox_heads),
  (SELECT created_at FROM events WHERE position = (SELECT min(position) FROM outbox_heads)),
  (SELECT published_total FROM relay),
  (SELECT count(*) FROM dead_letters WHERE replayed_at IS NULL AND position IS NOT NULL),
  (SELECT count(*) FROM dead_letters WHERE replayed_at IS NULL AND position IS NULL),
  count(*),
  coalesce(sum(task_count), 0)
FROM users WHERE deleted_at IS NULL
