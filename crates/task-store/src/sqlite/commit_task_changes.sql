-- ?1 the change set as JSON; it holds nothing but changes of tasks.
INSERT INTO commit_task_changes_v2 (doc) VALUES (?1)
