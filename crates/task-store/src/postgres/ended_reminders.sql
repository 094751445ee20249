-- Those of the named reminders that are pending no longer.
-- $1 [key], where a key is {user, number, version, n}.
SELECT key."user"::text AS user_id, key.number, key.version, key.n
FROM jsonb_to_recordset($1::text::jsonb)
  AS key ("user" uuid, number bigint, version bigint, n bigint)
WHERE NOT EXISTS (
  SELECT FROM taskmaster.reminders
  WHERE reminders.user_id = key."user"
    AND reminders.number = key.number
    AND reminders.version = key.version
    AND reminders.n = key.n
    AND reminders.state = 'pending'
)
