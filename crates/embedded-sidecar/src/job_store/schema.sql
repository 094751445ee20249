-- One row per job that is still to fire. An overwritten job gets a new id, so what is known about
-- a call of the old one no longer applies.
CREATE TABLE IF NOT EXISTS job (
    id            INTEGER PRIMARY KEY AUTOINCREMENT,
    name          TEXT    NOT NULL UNIQUE,
    stated        TEXT    NOT NULL,
    expires_at_ms INTEGER,
    ticks_done    INTEGER NOT NULL,
    tick_at_ms    INTEGER NOT NULL,
    failures      INTEGER NOT NULL,
    due_at_ms     INTEGER NOT NULL
);

-- The alarm clock: the next job is its first entry.
CREATE INDEX IF NOT EXISTS job_due ON job (due_at_ms, id);
