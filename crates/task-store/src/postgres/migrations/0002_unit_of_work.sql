  -- The names of functions carry the version of what they take and give, because two releases may
  -- run side by side: no program may write through a function that would pass over what it does not
  -- know.

  -- Keeps an import's state, given as JSON, for a live user. The user's row is locked against an
  -- end of the account at this very moment.
  CREATE FUNCTION taskmaster.put_import_v1(owner uuid, import jsonb) RETURNS void
  LANGUAGE sql AS $function$
    WITH live AS MATERIALIZED (
      SELECT id FROM taskmaster.users WHERE id = owner AND deleted_at IS NULL FOR SHARE
    )
    INSERT INTO taskmaster.imports (
      user_id, id, format, state, read_bytes, total_bytes, records, created, duplicates, failed,
      errors, started_at, updated_at
    )
    SELECT
      live.id, told.id, told.format, told.state, told.read_bytes, told.total_bytes, told.records,
      told.created, told.duplicates, told.failed, told.errors, told.started_at, told.updated_at
    FROM live CROSS JOIN jsonb_to_record(import) AS told (
      id uuid, format text, state text, read_bytes bigint, total_bytes bigint, records bigint,
      created bigint, duplicates bigint, failed bigint, errors text, started_at bigint,
      updated_at bigint
    )
    ON CONFLICT (user_id, id) DO UPDATE SET
      format = excluded.format,
      state = excluded.state,
      read_bytes = excluded.read_bytes,
      total_bytes = excluded.total_bytes,
      records = excluded.records,
      created = excluded.created,
      duplicates = excluded.duplicates,
      failed = excluded.failed,
      errors = excluded.errors,
      updated_at = excluded.updated_at
  $function$;

  -- What an ended account takes with it at once; the sweep erases the rest when nothing of it has
  -- to be told to anybody any more.
  CREATE FUNCTION taskmaster.forget_v1(owner uuid, instant bigint) RETURNS void
  LANGUAGE plpgsql AS $function$
  BEGIN
    UPDATE taskmaster.reminders SET state = 'cancelled'
    WHERE user_id = owner AND state = 'pending';

    -- A channel is one user's, so with its user's deliveries all of it are done.
    WITH cancelled AS (
      UPDATE taskmaster.deliveries SET
        state = 'cancelled', next_attempt_at = NULL, finished_at = instant,
        holder = NULL, lease_until = 0
      WHERE user_id = owner AND state = 'pending'
      RETURNING channel
    )
    DELETE FROM taskmaster.delivery_heads
    WHERE channel IN (SELECT channel FROM cancelled);

    DELETE FROM taskmaster.channel_sets WHERE user_id = owner;
  END
  $function$;

  -- Sets up what a change of tasks plans. A reminder whose instant stays in its task's plan stays
  -- as it is, whatever became of it. What is no longer in the plan goes; the scheduler, which may
  -- hear of it at this very moment, has to be told first.
  CREATE FUNCTION taskmaster.plan_reminders_v1(
    owner uuid, instant bigint, first_number bigint, plans jsonb
  ) RETURNS void
  LANGUAGE plpgsql AS $function$
  BEGIN
    UPDATE taskmaster.reminders SET state = 'cancelled'
    FROM jsonb_to_recordset(plans) AS plan (number bigint, instants jsonb)
    WHERE reminders.user_id = owner
      AND reminders.number = plan.number
      AND reminders.state = 'pending'
      AND NOT plan.instants @> to_jsonb(reminders.fire_at);

    DELETE FROM taskmaster.reminders
    USING jsonb_to_recordset(plans) AS plan (number bigint, instants jsonb)
    WHERE reminders.user_id = owner
      AND reminders.number = plan.number
      AND reminders.state IN ('fired', 'skipped')
      AND NOT plan.instants @> to_jsonb(reminders.fire_at);

    INSERT INTO taskmaster.reminders (user_id, number, version, n, fire_at, state)
    SELECT
      owner, plan.number, plan.version, rings.n, rings.fire_at,
      CASE WHEN rings.fire_at < instant THEN 'skipped' ELSE 'pending' END
    FROM (
      SELECT coalesce(number, first_number + insert) AS number, version, instants
      FROM jsonb_to_recordset(plans)
        AS plan (number bigint, insert bigint, version bigint, instants jsonb)
    ) AS plan
    CROSS JOIN LATERAL (
      SELECT value::bigint AS fire_at, n
      FROM jsonb_array_elements_text(plan.instants) WITH ORDINALITY AS listed (value, n)
    ) AS rings
    WHERE NOT EXISTS (
      SELECT 1 FROM taskmaster.reminders
      WHERE reminders.user_id = owner
        AND reminders.number = plan.number
        AND reminders.fire_at = rings.fire_at
        AND reminders.state <> 'cancelled'
    );
  END
  $function$;

  CREATE TYPE taskmaster.commit_outcome_v2 AS (
    -- committed, gone, already_consumed, already_answered, rate_limited or conflict.
    outcome text,
    -- The inserts are numbered from here on, without gaps.
    first_number bigint,
    -- NULL: a bucket that nothing refills.
    retry_after_ms bigint,
    -- The first answer of the request, when it has one.
    body_hash text,
    status bigint,
    body text,
    number bigint
  );

  -- A unit of work. The user's row is locked before anything is looked at: whoever writes to the
  -- rows of a user waits here, so what is checked is still so when it is written, and no two of
  -- them wait for each other. Everything is checked before anything is written. The order of the
  -- checks is what a repeated request needs: its own first outcome before any other reason to
  -- refuse it.
  --
  -- Rows are found by their keys, never by a walk, however small the tables were when a connection
  -- planned its statements; and nothing here is worth compiling.
  CREATE FUNCTION taskmaster.commit_change_set_v2(doc jsonb)
  RETURNS taskmaster.commit_outcome_v2
  LANGUAGE plpgsql
  SET enable_seqscan = off
  SET enable_hashjoin = off
  SET enable_mergejoin = off
  SET jit = off
  AS $function$
  DECLARE
    change uuid := doc ->> 'change_id';
    owner uuid := doc ->> 'user';
    instant bigint := doc ->> 'at';
    inserts jsonb := doc -> 'inserts';
    updates jsonb := doc -> 'updates';
    deletes jsonb := doc -> 'deletes';
    expects jsonb := doc -> 'expect';
    withdrawals jsonb := doc -> 'withdrawals';
    claims jsonb := doc -> 'claims';
    plans jsonb := doc -> 'plans';
    drafts jsonb := doc -> 'deliveries';
    keys jsonb := doc -> 'import_keys';
    seqs bigint := doc ->> 'seqs';
    inserted bigint := jsonb_array_length(inserts);
    deleted bigint := jsonb_array_length(deletes);
    inbox_consumer text := doc #>> '{inbox,consumer}';
    inbox_message text := doc #>> '{inbox,event_id}';
    answer_scope text := doc #>> '{idempotency,scope}';
    rate_cost bigint := doc #>> '{rate,cost}';
    rate_capacity bigint := doc #>> '{rate,capacity}';
    rate_refill bigint := doc #>> '{rate,refill_per_ms}';
    rate_filled bigint;
    fires_number bigint := doc #>> '{fires,number}';
    fires_version bigint := doc #>> '{fires,version}';
    fires_n bigint := doc #>> '{fires,n}';
    conflicts boolean := false;
    account record;
    answer taskmaster.commit_outcome_v2;
  BEGIN
    SELECT id, token_epoch, deleted_at, next_task_number, change_seq, rate_level, rate_at
    INTO account
    FROM taskmaster.users WHERE id = owner FOR NO KEY UPDATE;

    -- Done before: leave everything as it is, and tell the first outcome.
    SELECT changes.first_number INTO answer.first_number
    FROM taskmaster.changes WHERE change_id = change;
    IF FOUND THEN
      answer.outcome := 'committed';
      RETURN answer;
    END IF;

    IF account.id IS NULL
      OR account.deleted_at IS NOT NULL
      OR (doc ->> 'token_epoch')::bigint <> account.token_epoch
    THEN
      answer.outcome := 'gone';
      RETURN answer;
    END IF;

    IF inbox_consumer IS NOT NULL THEN
      PERFORM 1 FROM taskmaster.inbox
      WHERE consumer = inbox_consumer AND event_id = inbox_message;
      IF FOUND THEN
        answer.outcome := 'already_consumed';
        RETURN answer;
      END IF;
    END IF;

    IF answer_scope IS NOT NULL THEN
      SELECT body_hash, status, body, number
      INTO answer.body_hash, answer.status, answer.body, answer.number
      FROM taskmaster.idempotency WHERE user_id = owner AND scope = answer_scope;
      IF FOUND THEN
        answer.outcome := 'already_answered';
        RETURN answer;
      END IF;
    END IF;

    IF rate_cost IS NOT NULL THEN
      -- No longer than the bucket needs to fill up, so that no product goes beyond an integer. A
      -- clock behind another writer's refills nothing.
      rate_filled := least(
        rate_capacity,
        coalesce(account.rate_level, rate_capacity) + rate_refill * least(
          greatest(0, instant - account.rate_at), rate_capacity / greatest(rate_refill, 1) + 1
        )
      );
      IF rate_cost > rate_filled THEN
        answer.outcome := 'rate_limited';
        answer.retry_after_ms :=
          (rate_cost - rate_filled + rate_refill - 1) / nullif(rate_refill, 0);
        RETURN answer;
      END IF;
    END IF;

    -- Each look only where there is something to look at: most changes have one part or two.
    IF jsonb_array_length(expects) > 0 THEN
      conflicts := EXISTS (
        SELECT 1 FROM jsonb_to_recordset(expects) AS expected (number bigint, version numeric)
        WHERE expected.version IS DISTINCT FROM (
          SELECT tasks.version FROM taskmaster.tasks
          WHERE tasks.user_id = owner AND tasks.number = expected.number
        )
      );
    END IF;

    IF NOT conflicts AND jsonb_array_length(withdrawals) > 0 THEN
      conflicts := EXISTS (
        SELECT 1
        FROM jsonb_to_recordset(withdrawals) AS withdrawal (series uuid, occurrence bigint)
        WHERE NOT EXISTS (
          SELECT 1 FROM taskmaster.successions
          WHERE successions.user_id = owner
            AND successions.series_id = withdrawal.series
            AND successions.occurrence = withdrawal.occurrence
        )
      );
    END IF;

    IF NOT conflicts AND jsonb_array_length(claims) > 0 THEN
      -- What is withdrawn by the same change may be claimed anew.
      conflicts := EXISTS (
        SELECT 1 FROM jsonb_to_recordset(claims) AS claim (series uuid, occurrence bigint)
        WHERE EXISTS (
          SELECT 1 FROM taskmaster.successions
          WHERE successions.user_id = owner
            AND successions.series_id = claim.series
            AND successions.occurrence = claim.occurrence
        ) AND NOT EXISTS (
          SELECT 1
          FROM jsonb_to_recordset(withdrawals) AS withdrawal (series uuid, occurrence bigint)
          WHERE withdrawal.series = claim.series AND withdrawal.occurrence = claim.occurrence
        )
      );
    END IF;

    IF NOT conflicts AND fires_number IS NOT NULL THEN
      conflicts := NOT EXISTS (
        SELECT 1 FROM taskmaster.reminders
        WHERE reminders.user_id = owner
          AND reminders.number = fires_number
          AND reminders.version = fires_version
          AND reminders.n = fires_n
          AND reminders.state = 'pending'
      );
    END IF;

    IF NOT conflicts AND jsonb_array_length(keys) > 0 THEN
      conflicts := EXISTS (
        SELECT 1 FROM jsonb_to_recordset(keys) AS key (source text, uid text)
        WHERE EXISTS (
          SELECT 1 FROM taskmaster.import_keys
          WHERE import_keys.user_id = owner
            AND import_keys.source = key.source
            AND import_keys.uid = key.uid
        )
      );
    END IF;

    IF conflicts THEN
      answer.outcome := 'conflict';
      RETURN answer;
    END IF;

    -- The first thing that is written: the key of a message is the only one that another user's
    -- change may hold, and that one may have come in since the look above.
    IF inbox_consumer IS NOT NULL THEN
      INSERT INTO taskmaster.inbox (consumer, event_id, consumed_at)
      VALUES (inbox_consumer, inbox_message, instant)
      ON CONFLICT (consumer, event_id) DO NOTHING;
      IF NOT FOUND THEN
        answer.outcome := 'already_consumed';
        RETURN answer;
      END IF;
    END IF;

    INSERT INTO taskmaster.changes (change_id, first_number, committed_at)
    VALUES (change, account.next_task_number, instant);

    IF inserted > 0 THEN
      INSERT INTO taskmaster.tasks (
        user_id, number, version, title, description, priority, tags, due_at, timezone,
        recurrence, reminders, subtasks, series_id, occurrence, completed_at, created_at,
        updated_at, title_key, search_text, completed, due_ascending, due_descending
      )
      SELECT
        owner, account.next_task_number + task.ordinality - 1, 1, task.title, task.description,
        task.priority, task.tags, task.due_at, task.timezone, task.recurrence, task.reminders,
        task.subtasks, task.series_id, task.occurrence, task.completed_at, task.created_at,
        task.updated_at, task.title_key, task.search_text, task.completed, task.due_ascending,
        task.due_descending
      FROM ROWS FROM (jsonb_to_recordset(inserts) AS (
        title text, description text, priority bigint, tags text, due_at bigint, timezone text,
        recurrence text, reminders text, subtasks text, series_id uuid, occurrence bigint,
        completed_at bigint, created_at bigint, updated_at bigint, title_key text,
        search_text text, completed boolean, due_ascending bigint, due_descending bigint
      )) WITH ORDINALITY AS task;
    END IF;

    IF jsonb_array_length(updates) > 0 THEN
      -- Each with its owner, so that the engine finds each task by its whole key.
      WITH change AS MATERIALIZED (
        SELECT owner AS user_id, entry.number, entry.expected + 1 AS version, task.*
        FROM jsonb_to_recordset(updates) AS entry (number bigint, expected bigint, task jsonb)
        CROSS JOIN LATERAL jsonb_to_record(entry.task) AS task (
          title text, description text, priority bigint, tags text, due_at bigint, timezone text,
          recurrence text, reminders text, subtasks text, series_id uuid, occurrence bigint,
          completed_at bigint, created_at bigint, updated_at bigint, title_key text,
          search_text text, completed boolean, due_ascending bigint, due_descending bigint
        )
      )
      UPDATE taskmaster.tasks SET
        version = change.version,
        title = change.title,
        description = change.description,
        priority = change.priority,
        tags = change.tags,
        due_at = change.due_at,
        timezone = change.timezone,
        recurrence = change.recurrence,
        reminders = change.reminders,
        subtasks = change.subtasks,
        series_id = change.series_id,
        occurrence = change.occurrence,
        completed_at = change.completed_at,
        created_at = change.created_at,
        updated_at = change.updated_at,
        title_key = change.title_key,
        search_text = change.search_text,
        completed = change.completed,
        due_ascending = change.due_ascending,
        due_descending = change.due_descending
      FROM change
      WHERE tasks.user_id = change.user_id AND tasks.number = change.number;
    END IF;

    IF deleted > 0 THEN
      DELETE FROM taskmaster.tasks WHERE user_id = owner AND number = ANY (ARRAY(
        SELECT value::bigint FROM jsonb_array_elements_text(deletes) AS listed (value)
      ));
    END IF;

    IF jsonb_array_length(plans) > 0 THEN
      PERFORM taskmaster.plan_reminders_v1(owner, instant, account.next_task_number, plans);
    END IF;

    IF jsonb_array_length(withdrawals) > 0 THEN
      DELETE FROM taskmaster.successions
      WHERE user_id = owner AND (series_id, occurrence) IN (
        SELECT withdrawal.series, withdrawal.occurrence
        FROM jsonb_to_recordset(withdrawals) AS withdrawal (series uuid, occurrence bigint)
      );
    END IF;

    IF jsonb_array_length(claims) > 0 THEN
      INSERT INTO taskmaster.successions (user_id, series_id, occurrence, successor)
      SELECT owner, claim.series, claim.occurrence, account.next_task_number + claim.insert
      FROM jsonb_to_recordset(claims) AS claim (series uuid, occurrence bigint, insert bigint);
    END IF;

    IF jsonb_array_length(doc -> 'events') > 0 THEN
      -- Positions follow the order of the events in the change set.
      WITH logged AS (
        INSERT INTO taskmaster.events (user_id, seq, id, number, body, pending, created_at)
        SELECT
          owner,
          account.change_seq + event.seq_offset,
          event.id,
          coalesce(event.number, account.next_task_number + event.insert),
          event.body,
          event.topics,
          instant
        FROM ROWS FROM (jsonb_to_recordset(doc -> 'events') AS (
          id uuid, number bigint, insert bigint, seq_offset bigint, topics bigint, body text
        )) WITH ORDINALITY AS event
        ORDER BY event.ordinality
        RETURNING position, pending
      )
      INSERT INTO taskmaster.outbox_heads AS head (user_id, position, retry_at, waiting)
      SELECT owner, min(logged.position), 0, count(*) FROM logged WHERE logged.pending <> 0
      HAVING count(*) > 0
      ON CONFLICT (user_id) DO UPDATE SET waiting = head.waiting + excluded.waiting;
    END IF;

    IF answer_scope IS NOT NULL THEN
      INSERT INTO taskmaster.idempotency (
        user_id, scope, body_hash, status, body, number, answered_at
      )
      VALUES (
        owner, answer_scope, doc #>> '{idempotency,body_hash}',
        (doc #>> '{idempotency,status}')::bigint, doc #>> '{idempotency,body}',
        CASE WHEN inserted > 0 THEN account.next_task_number END, instant
      );
    END IF;

    IF inserted > 0 OR deleted > 0 OR seqs > 0 OR rate_cost IS NOT NULL THEN
      UPDATE taskmaster.users SET
        next_task_number = next_task_number + inserted,
        change_seq = change_seq + seqs,
        task_count = task_count + inserted - deleted,
        rate_level = CASE
          WHEN rate_cost IS NULL THEN rate_level ELSE rate_filled - rate_cost
        END,
        -- A clock behind another writer's must not refill the same time twice.
        rate_at = CASE WHEN rate_cost IS NULL THEN rate_at ELSE greatest(rate_at, instant) END
      WHERE id = owner;
    END IF;

    IF fires_number IS NOT NULL THEN
      UPDATE taskmaster.reminders SET state = 'fired', armed_at = NULL
      WHERE user_id = owner
        AND number = fires_number
        AND version = fires_version
        AND n = fires_n;
    END IF;

    IF jsonb_array_length(drafts) > 0 THEN
      -- Kind and target are the channel's own; without a channel there is nothing to deliver to.
      WITH queued AS (
        INSERT INTO taskmaster.deliveries (
          id, user_id, event_id, event_type, channel, kind, target, state, next_attempt_at,
          message, created_at
        )
        SELECT
          draft.id, owner, draft.event_id, draft.event_type, draft.channel,
          reached.entry ->> 'kind', reached.entry ->> 'target', 'pending',
          draft.next_attempt_at, draft.message, instant
        FROM ROWS FROM (jsonb_to_recordset(drafts) AS (
          id uuid, event_id uuid, event_type text, channel uuid, next_attempt_at bigint,
          message text
        )) WITH ORDINALITY AS draft
        CROSS JOIN LATERAL (
          SELECT entry
          FROM taskmaster.channel_sets
          CROSS JOIN LATERAL jsonb_array_elements(channel_sets.channels) AS entry
          WHERE channel_sets.user_id = owner AND (entry ->> 'id')::uuid = draft.channel
        ) AS reached
        ORDER BY draft.ordinality
        ON CONFLICT (event_id, channel) DO NOTHING
        RETURNING channel, next_attempt_at
      )
      INSERT INTO taskmaster.delivery_heads AS head (channel, due_at)
      SELECT channel, min(next_attempt_at) FROM queued GROUP BY channel ORDER BY channel
      ON CONFLICT (channel) DO UPDATE SET due_at = least(head.due_at, excluded.due_at);
    END IF;

    IF jsonb_typeof(doc -> 'import') = 'object' THEN
      PERFORM taskmaster.put_import_v1(owner, doc -> 'import');
    END IF;

    IF jsonb_array_length(keys) > 0 THEN
      INSERT INTO taskmaster.import_keys (user_id, source, uid, number)
      SELECT owner, key.source, key.uid, account.next_task_number + key.insert
      FROM jsonb_to_recordset(keys) AS key (source text, uid text, insert bigint);
    END IF;

    IF (doc ->> 'tombstone')::boolean THEN
      -- Nothing of the person stays; the placeholder is as unique as an address has to be.
      UPDATE taskmaster.users SET
        deleted_at = instant,
        token_epoch = token_epoch + 1,
        email = 'ended:' || id,
        name = '',
        timezone = 'UTC',
        password_hash = NULL,
        external_sub = NULL,
        quiet_from = NULL,
        quiet_to = NULL
      WHERE id = owner;
      PERFORM taskmaster.forget_v1(owner, instant);
    END IF;

    answer.outcome := 'committed';
    answer.first_number := account.next_task_number;
    RETURN answer;
  END
  $function$;
