-- $1 user, $2 source, $3 uids as a JSON list.
SELECT import_keys.uid::text
FROM jsonb_array_elements_text($3::text::jsonb) AS wanted (uid)
JOIN taskmaster.import_keys
  ON import_keys.user_id = $1::text::uuid
  AND import_keys.source = $2::text
  AND import_keys.uid = wanted.uid
