-- One row per published event. `position` is the order of commit over all topics; `offset` is
-- gap-free within a partition, so a consumer's progress is one number.
CREATE TABLE IF NOT EXISTS topic (
    id     INTEGER PRIMARY KEY,
    pubsub TEXT NOT NULL,
    name   TEXT NOT NULL,
    UNIQUE (pubsub, name)
);

CREATE TABLE IF NOT EXISTS record (
    position        INTEGER PRIMARY KEY AUTOINCREMENT,
    topic_id        INTEGER NOT NULL REFERENCES topic (id),
    partition       INTEGER NOT NULL,
    offset          INTEGER NOT NULL,
    published_at_ms INTEGER NOT NULL,
    record_key      TEXT,
    metadata        TEXT NOT NULL,
    payload         BLOB NOT NULL,
    UNIQUE (topic_id, partition, offset)
);

-- The first offset a consumer group has not acknowledged yet.
CREATE TABLE IF NOT EXISTS consumer_offset (
    consumer_group TEXT    NOT NULL,
    topic_id       INTEGER NOT NULL REFERENCES topic (id),
    partition      INTEGER NOT NULL,
    next_offset    INTEGER NOT NULL,
    PRIMARY KEY (consumer_group, topic_id, partition)
) WITHOUT ROWID;
