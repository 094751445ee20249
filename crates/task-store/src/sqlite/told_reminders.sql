-- ?1 what the scheduler was told, as JSON.
INSERT INTO told_reminders (doc) VALUES (?1)
