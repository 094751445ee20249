-- Those of the named reminders that are pending no longer.
-- ?1 [key], where a key is {user, number, version, n}.
SELECT
  key.value ->> 'user' AS user_id,
  key.value ->> 'number' AS number,
  key.value ->> 'version' AS version,
  key.value ->> 'n' AS n
FROM json_each(?1) AS key
WHERE NOT EXISTS (
  SELECT 1 FROM reminders
  WHERE reminders.user_id = key.value ->> 'user'
    AND reminders.number = key.value ->> 'number'
    AND reminders.version = key.value ->> 'version'
    AND reminders.n = key.value ->> 'n'
    AND reminders.state = 'pending'
)
