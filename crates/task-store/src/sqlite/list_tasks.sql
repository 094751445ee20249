-- A page of tasks with the total and the change sequence as of the same instant, and a row of
-- NULLs where no task is. ?1 user, ?2 completed, ?3 priority, ?4 tag between its separators,
-- ?5 text, ?6 due before, ?7 due from, ?8 whether there must be no due date, ?9 rows,
-- ?10 token epoch; each of ?2 to ?8 and ?10 may be NULL. The words in braces are put in by the program: the sort column, its
-- direction, and after the first page the condition of list_tasks_after.sql.
WITH matching AS NOT MATERIALIZED (
  SELECT tasks.*, {key} AS sort_key FROM tasks
  WHERE user_id = ?1
    AND (?2 IS NULL OR completed = ?2)
    AND (?3 IS NULL OR priority = ?3)
    AND (?4 IS NULL OR instr(search_text, ?4) > 0)
    AND (?5 IS NULL OR instr(search_text, ?5) > 0)
    AND (?6 IS NULL OR due_at < ?6)
    AND (?7 IS NULL OR due_at >= ?7)
    AND (?8 IS NULL OR due_at IS NULL)
), page AS (
  SELECT * FROM matching WHERE TRUE {after}
  ORDER BY {key} {direction}, number {direction} LIMIT ?9
)
SELECT
  users.change_seq,
  iif(
    coalesce(?2, ?3, ?4, ?5, ?6, ?7, ?8) IS NULL, users.task_count, (SELECT count(*) FROM matching)
  ),
  page.sort_key,
  page.number, page.version, page.title, page.description, page.priority, page.tags, page.due_at,
  page.timezone, page.recurrence, page.reminders, page.subtasks, page.series_id, page.occurrence,
  page.completed_at, page.created_at, page.updated_at
FROM users LEFT JOIN page ON TRUE
WHERE users.id = ?1 AND users.deleted_at IS NULL
  AND (?10 IS NULL OR users.token_epoch = ?10)
ORDER BY page.sort_key {direction}, page.number {direction}
