-- A page of tasks with the total and the change sequence as of the same instant, and a row of
-- NULLs where no task is. $1 user, $2 completed, $3 priority, $4 tag between its separators,
-- $5 text, $6 due before, $7 due from, $8 whether there must be no due date, $9 rows,
-- $10 token epoch; each of $2 to $8 and $10 may be NULL. The words in braces are put in by the
-- program: the sort column, its direction, and after the first page the condition of
-- list_tasks_after.sql.
WITH matching AS NOT MATERIALIZED (
  SELECT tasks.*, {key} AS sort_key FROM taskmaster.tasks
  WHERE user_id = $1::text::uuid
    AND ($2::bigint IS NULL OR completed = ($2::bigint <> 0))
    AND ($3::bigint IS NULL OR priority = $3::bigint)
    AND ($4::text IS NULL OR strpos(search_text, $4::text) > 0)
    AND ($5::text IS NULL OR strpos(search_text, $5::text) > 0)
    AND ($6::bigint IS NULL OR due_at < $6::bigint)
    AND ($7::bigint IS NULL OR due_at >= $7::bigint)
    AND ($8::bigint IS NULL OR due_at IS NULL)
), page AS (
  SELECT * FROM matching WHERE TRUE {after}
  ORDER BY {key} {direction}, number {direction} LIMIT $9::bigint
)
SELECT
  users.change_seq,
  CASE
    WHEN num_nonnulls(
      $2::bigint, $3::bigint, $4::text, $5::text, $6::bigint, $7::bigint, $8::bigint
    ) = 0 THEN users.task_count
    ELSE (SELECT count(*) FROM matching)
  END,
  page.sort_key,
  page.number, page.version, page.title, page.description, page.priority, page.tags, page.due_at,
  page.timezone, page.recurrence, page.reminders, page.subtasks, page.series_id::text,
  page.occurrence, page.completed_at, page.created_at, page.updated_at
FROM taskmaster.users LEFT JOIN page ON TRUE
WHERE users.id = $1::text::uuid AND users.deleted_at IS NULL
  AND ($10::bigint IS NULL OR users.token_epoch = $10::bigint)
ORDER BY page.sort_key {direction}, page.number {direction}
