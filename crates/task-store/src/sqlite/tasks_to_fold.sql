-- ?1 and ?2 the user and number of the last task before, ?3 rows.
SELECT user_id, number, title, description, tags FROM tasks
WHERE (user_id, number) > (?1, ?2)
ORDER BY user_id, number LIMIT ?3
