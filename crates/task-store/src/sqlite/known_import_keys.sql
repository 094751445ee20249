-- ?1 user, ?2 source, ?3 uids as a JSON list.
SELECT import_keys.uid
FROM json_each(?3) AS wanted
CROSS JOIN import_keys
  ON import_keys.user_id = ?1 AND import_keys.source = ?2 AND import_keys.uid = wanted.value
