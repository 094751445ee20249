-- ?1 the marks as JSON.
INSERT INTO mark_batch (doc) VALUES (?1)
