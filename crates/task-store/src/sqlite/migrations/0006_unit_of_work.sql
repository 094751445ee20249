-- A unit of work as one statement. The names carry the version of the document: no program may
-- write to a trigger that would pass over what it does not know.
CREATE VIEW commit_change_set_v2 (doc) AS SELECT NULL WHERE 0
----
-- What a change set holds beside the changes of tasks.
CREATE VIEW rest_of_change_set (
  change_id, user_id, at, fires_number, fires_version, fires_n, deliveries, import, import_keys,
  tombstone
) AS SELECT NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL WHERE 0
----
CREATE TRIGGER commit_change_set_inserted INSTEAD OF INSERT ON commit_change_set_v2
BEGIN
  -- Done before: leave everything as it is, and let the caller read the first outcome.
  SELECT RAISE(IGNORE)
  WHERE EXISTS (SELECT 1 FROM changes WHERE change_id = NEW.doc ->> 'change_id');

  INSERT INTO commit_task_changes_v2 (doc) VALUES (NEW.doc);

  INSERT INTO rest_of_change_set VALUES (
    NEW.doc ->> 'change_id', NEW.doc ->> 'user', NEW.doc ->> 'at',
    NEW.doc ->> '$.fires.number', NEW.doc ->> '$.fires.version', NEW.doc ->> '$.fires.n',
    NEW.doc ->> 'deliveries', NEW.doc ->> 'import', NEW.doc ->> 'import_keys',
    NEW.doc ->> 'tombstone'
  );
END
----
-- A refusal here takes the changes of tasks back as well.
CREATE TRIGGER rest_of_change_set_inserted INSTEAD OF INSERT ON rest_of_change_set
BEGIN
  SELECT RAISE(ABORT, 'refused: conflict')
  WHERE NEW.fires_number IS NOT NULL AND NOT EXISTS (
    SELECT 1 FROM reminders
    WHERE user_id = NEW.user_id
      AND number = NEW.fires_number
      AND version = NEW.fires_version
      AND n = NEW.fires_n
      AND state = 'pending'
  );

  SELECT RAISE(ABORT, 'refused: conflict')
  FROM json_each(NEW.import_keys) AS key
  WHERE EXISTS (
    SELECT 1 FROM import_keys
    WHERE user_id = NEW.user_id
      AND source = key.value ->> 'source'
      AND uid = key.value ->> 'uid'
  );

  UPDATE reminders SET state = 'fired', armed_at = NULL
  WHERE user_id = NEW.user_id
    AND number = NEW.fires_number
    AND version = NEW.fires_version
    AND n = NEW.fires_n;

  -- Kind and target are the channel's own; without a channel there is nothing to deliver to.
  INSERT INTO deliveries (
    id, user_id, event_id, event_type, channel, kind, target, state, next_attempt_at, message,
    created_at
  )
  SELECT
    draft.value ->> 'id', NEW.user_id, draft.value ->> 'event_id', draft.value ->> 'event_type',
    channel.value ->> 'id', channel.value ->> 'kind', channel.value ->> 'target',
    'pending', draft.value ->> 'next_attempt_at', draft.value ->> 'message',
    NEW.at
  FROM json_each(NEW.deliveries) AS draft
  CROSS JOIN channel_sets ON channel_sets.user_id = NEW.user_id
  CROSS JOIN json_each(channel_sets.channels) AS channel
    ON channel.value ->> 'id' = draft.value ->> 'channel'
  WHERE TRUE
  ON CONFLICT (event_id, channel) DO NOTHING;

  INSERT INTO put_import (user_id, import)
  SELECT NEW.user_id, NEW.import WHERE NEW.import IS NOT NULL;

  INSERT INTO import_keys (user_id, source, uid, number)
  SELECT
    NEW.user_id, key.value ->> 'source', key.value ->> 'uid',
    changes.first_number + (key.value ->> 'insert')
  FROM changes CROSS JOIN json_each(NEW.import_keys) AS key
  WHERE changes.change_id = NEW.change_id;

  -- Nothing of the person stays; the placeholder is as unique as an address has to be.
  UPDATE users SET
    deleted_at = NEW.at,
    token_epoch = token_epoch + 1,
    email = 'ended:' || id,
    name = '',
    timezone = 'UTC',
    password_hash = NULL,
    external_sub = NULL,
    quiet_from = NULL,
    quiet_to = NULL
  WHERE NEW.tombstone AND id = NEW.user_id;
END
----
PRAGMA user_version = 6
