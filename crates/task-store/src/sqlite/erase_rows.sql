-- The words in braces are put in by the program: a table, and what tells a user's rows in it
-- apart. ?1 user, ?2 rows.
DELETE FROM {table} WHERE user_id = ?1 AND ({key}) IN (
  SELECT {key} FROM {table} WHERE user_id = ?1 LIMIT ?2
)
RETURNING 1
