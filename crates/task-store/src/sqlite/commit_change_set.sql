-- ?1 the change set as JSON.
INSERT INTO commit_change_set_v2 (doc) VALUES (?1)
