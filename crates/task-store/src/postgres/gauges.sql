-- Walks the users and, of those who have any, the outbox: no task, and one event. Of reminders and
-- deliveries it walks the entries of the indexes that hold the waiting and the failed ones alone.
-- $1 now.
SELECT
  (SELECT coalesce(sum(waiting), 0)::bigint FROM taskmaster.outbox_heads),
  (
    SELECT created_at FROM taskmaster.events
    WHERE position = (SELECT min(position) FROM taskmaster.outbox_heads)
  ),
  (SELECT published_total FROM taskmaster.relay),
  (SELECT failures FROM taskmaster.relay),
  (SELECT back_off_until FROM taskmaster.relay),
  (
    SELECT count(*) FROM taskmaster.dead_letters
    WHERE replayed_at IS NULL AND position IS NOT NULL
  ),
  (SELECT count(*) FROM taskmaster.dead_letters WHERE replayed_at IS NULL AND position IS NULL),
  count(*),
  coalesce(sum(task_count), 0)::bigint,
  (SELECT count(*) FROM taskmaster.reminders WHERE state = 'pending'),
  (SELECT count(*) FROM taskmaster.reminders WHERE state = 'pending' AND fire_at < $1::bigint),
  (SELECT count(*) FROM taskmaster.deliveries WHERE state = 'pending'),
  (SELECT count(*) FROM taskmaster.deliveries WHERE state = 'failed')
FROM taskmaster.users WHERE deleted_at IS NULL
