-- Two thousand users with fifty of everything each, most of it done with long ago.
INSERT INTO taskmaster.users
  (id, email, name, timezone, token_epoch, next_task_number, change_seq, task_count, created_at)
SELECT
  ('10000000-0000-0000-0000-' || lpad(u::text, 12, '0'))::uuid, u || '@example.net', 'somebody',
  'UTC', 0, 51, 50, 50, 1
FROM generate_series(1, 2000) AS u;

CREATE TEMP TABLE others AS
SELECT
  ('10000000-0000-0000-0000-' || lpad(u::text, 12, '0'))::uuid AS user_id, n, u * 50 + n AS at,
  ('20000000-0000-0000-' || lpad(n::text, 4, '0') || '-' || lpad(u::text, 12, '0'))::uuid AS id
FROM generate_series(1, 2000) AS u, generate_series(1, 50) AS n;

INSERT INTO taskmaster.tasks (
  user_id, number, version, title, description, priority, tags, timezone, reminders, subtasks,
  series_id, occurrence, created_at, updated_at, title_key, search_text, completed, due_ascending,
  due_descending
)
SELECT
  user_id, n, 1, 'some task', '', 1, '[]', 'UTC', '[]', '[]', user_id, n, at, at, 'some task',
  'some task', n % 2 = 0, at, at
FROM others;

INSERT INTO taskmaster.events (user_id, seq, id, number, body, pending, created_at)
SELECT user_id, n, id, n, '{}', CASE WHEN n > 49 THEN 1 ELSE 0 END, at FROM others ORDER BY at;

INSERT INTO taskmaster.outbox_heads
SELECT user_id, min(position), 0, count(*) FROM taskmaster.events
WHERE pending <> 0 GROUP BY user_id;

INSERT INTO taskmaster.successions SELECT user_id, user_id, n, n FROM others;
INSERT INTO taskmaster.throttles SELECT id::text, at FROM others;
INSERT INTO taskmaster.changes SELECT id, n, at FROM others;
INSERT INTO taskmaster.inbox (consumer, event_id, consumed_at) SELECT 'one', id, at FROM others;
INSERT INTO taskmaster.idempotency (user_id, scope, body_hash, status, answered_at)
SELECT user_id, id::text, '', 200, at FROM others;
INSERT INTO taskmaster.reminders
SELECT user_id, n, 1, 1, at, CASE WHEN n > 48 THEN 'pending' ELSE 'fired' END FROM others;
INSERT INTO taskmaster.channel_sets SELECT id, 1, '[]' FROM taskmaster.users;
INSERT INTO taskmaster.deliveries (
  id, user_id, event_id, event_type, channel, kind, target, state, next_attempt_at, message,
  created_at, finished_at
)
SELECT
  id, user_id, id, 'x', user_id, 'webhook', 'x',
  CASE WHEN n > 48 THEN 'pending' ELSE 'delivered' END,
  CASE WHEN n > 48 THEN at END, '{}', at, CASE WHEN n > 48 THEN NULL ELSE 9000000000000 END
FROM others;
INSERT INTO taskmaster.delivery_heads
SELECT channel, min(next_attempt_at) FROM taskmaster.deliveries
WHERE state = 'pending' GROUP BY channel;
INSERT INTO taskmaster.imports
SELECT user_id, id, 'csv', 'done', 1, 1, 1, 1, 0, 0, '[]', at, at FROM others;
INSERT INTO taskmaster.import_keys SELECT user_id, 'csv', n::text, n FROM others;
INSERT INTO taskmaster.dead_letters (
  topic, event_id, event_type, reason, body, received_at, replayed_at
)
SELECT 'dead', id::text, 'x', 'x', '{}', at, CASE WHEN n > 48 THEN NULL ELSE at END FROM others;
ANALYZE;
