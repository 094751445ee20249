-- Walks the users and, of those who have any, the outbox: no task, and one event. Of reminders and
-- deliveries it walks the entries of the indexes that hold the waiting and the failed ones alone.
-- ?1 now.
SELECT
  (SELECT coalesce(sum(waiting), 0) FROM outbox_heads),
  (SELECT created_at FROM events WHERE position = (SELECT min(position) FROM outbox_heads)),
  (SELECT published_total FROM relay),
  (SELECT failures FROM relay),
  (SELECT back_off_until FROM relay),
  (SELECT count(*) FROM dead_letters WHERE replayed_at IS NULL AND position IS NOT NULL),
  (SELECT count(*) FROM dead_letters WHERE replayed_at IS NULL AND position IS NULL),
  count(*),
  coalesce(sum(task_count), 0),
  (SELECT count(*) FROM reminders WHERE state = 'pending'),
  (SELECT count(*) FROM reminders WHERE state = 'pending' AND fire_at < ?1),
  (SELECT count(*) FROM deliveries INDEXED BY deliveries_waiting WHERE state = 'pending'),
  (SELECT count(*) FROM deliveries WHERE state = 'failed')
FROM users WHERE deleted_at IS NULL
