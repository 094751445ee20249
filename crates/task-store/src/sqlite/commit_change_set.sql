-- ?1 the change set as JSON.
INSERT INTO commit_change_set (doc) VALUES (?1)
