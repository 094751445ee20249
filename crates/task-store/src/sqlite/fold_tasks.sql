-- ?1 [{user_id, number, title_key, search_text}].
UPDATE tasks SET title_key = folded.title_key, search_text = folded.search_text
FROM (
  SELECT
    value ->> 'user_id' AS user_id, value ->> 'number' AS number,
    value ->> 'title_key' AS title_key, value ->> 'search_text' AS search_text
  FROM json_each(?1) LIMIT -1
) AS folded
WHERE tasks.user_id = folded.user_id AND tasks.number = folded.number
