-- What a commit is changing at this moment stays to be told anew, so nobody waits for anybody.
-- $1 {now, armed: [key], disarmed: [key]}, where a key is {user, number, version, n}.
WITH told AS (
  SELECT $1::text::jsonb AS doc
), armed AS (
  SELECT present.user_id, present.number, present.version, present.n
  FROM told
  CROSS JOIN jsonb_to_recordset(told.doc -> 'armed')
    AS key ("user" uuid, number bigint, version bigint, n bigint)
  JOIN taskmaster.reminders AS present
    ON (present.user_id, present.number, present.version, present.n)
      = (key."user", key.number, key.version, key.n)
  WHERE present.state = 'pending'
  FOR UPDATE OF present SKIP LOCKED
), disarmed AS (
  SELECT present.user_id, present.number, present.version, present.n
  FROM told
  CROSS JOIN jsonb_to_recordset(told.doc -> 'disarmed')
    AS key ("user" uuid, number bigint, version bigint, n bigint)
  JOIN taskmaster.reminders AS present
    ON (present.user_id, present.number, present.version, present.n)
      = (key."user", key.number, key.version, key.n)
  WHERE present.state = 'cancelled'
  FOR UPDATE OF present SKIP LOCKED
), forgotten AS (
  DELETE FROM taskmaster.reminders AS present
  USING disarmed
  WHERE (present.user_id, present.number, present.version, present.n)
    = (disarmed.user_id, disarmed.number, disarmed.version, disarmed.n)
)
UPDATE taskmaster.reminders AS present SET armed_at = (told.doc ->> 'now')::bigint
FROM told, armed
WHERE (present.user_id, present.number, present.version, present.n)
  = (armed.user_id, armed.number, armed.version, armed.n)
