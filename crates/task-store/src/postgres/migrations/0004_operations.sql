  -- What the relay, the notifier and the sweep do, each in one call. Everybody takes locks in one
  -- order: users, the relay's row, the heads of the outbox by user, the heads of the deliveries by
  -- channel, then rows. A statement of a function sees what was committed before that statement
  -- began: so whatever is derived from rows is derived after the lock that keeps these rows still.
  --
  -- The functions of the outbox and of the deliveries have to be quick in the first minute of a
  -- database, too, when the statistics still tell of empty tables, and at any length of a queue. So
  -- they name what no plan of theirs may do; and a plan that looks dear is not worth compiling when
  -- all that makes it look so is a limit that is not known beforehand.

  -- The same deadline as lease_until by the clock of the database. A lease ends when either comes,
  -- so a holder whose clock runs ahead does not keep the others away for longer once it is dead.
  ALTER TABLE taskmaster.relay ADD COLUMN expires_at bigint NOT NULL DEFAULT 0;
  -- Batches in a row of which nothing got through.
  ALTER TABLE taskmaster.relay ADD COLUMN failures bigint NOT NULL DEFAULT 0;

  CREATE FUNCTION taskmaster.clock_ms() RETURNS bigint
  LANGUAGE sql VOLATILE PARALLEL SAFE
  AS $function$
    SELECT (extract(epoch FROM clock_timestamp()) * 1000)::bigint
  $function$;

  -- The earliest events of each user who is not held back: everybody's first before anybody's
  -- second. A run ends before an event that still waits to be tried again. Nobody's run is longer
  -- than what fills the batch, so what is read is hardly more than what is given.
  CREATE FUNCTION taskmaster.next_batch_v1(
    now_ms bigint, max_events bigint, per_user bigint, max_bytes bigint
  )
  RETURNS SETOF taskmaster.events
  LANGUAGE plpgsql VOLATILE
  SET enable_seqscan = off
  SET enable_hashjoin = off
  SET enable_mergejoin = off
  SET jit = off
  AS $function$
  BEGIN
    RETURN QUERY
    WITH front AS (
      SELECT head.user_id, head.waiting
      FROM taskmaster.outbox_heads AS head
      WHERE head.retry_at <= now_ms
      ORDER BY head.position
      LIMIT max_events
    ), longest AS (
      SELECT max(turn.place) AS run
      FROM (
        SELECT place
        FROM front
        CROSS JOIN LATERAL generate_series(1, least(front.waiting, per_user)) AS place
        ORDER BY place
        LIMIT max_events
      ) AS turn
    ), run AS (
      SELECT
        own.position,
        own.bytes,
        row_number() OVER whole AS turn,
        bool_and(own.retry_at <= now_ms) OVER whole AS may_go
      FROM front
      CROSS JOIN LATERAL (
        SELECT event.position, event.retry_at, octet_length(event.body) AS bytes
        FROM taskmaster.events AS event
        WHERE event.user_id = front.user_id AND event.pending <> 0
        ORDER BY event.position
        LIMIT (SELECT longest.run FROM longest)
      ) AS own
      WINDOW whole AS (PARTITION BY front.user_id ORDER BY own.position)
    ), batch AS (
      SELECT
        picked.position,
        row_number() OVER turns AS place,
        sum(picked.bytes) OVER turns AS bytes
      FROM (
        SELECT * FROM run WHERE run.may_go ORDER BY run.turn, run.position LIMIT max_events
      ) AS picked
      WINDOW turns AS (ORDER BY picked.turn, picked.position ROWS UNBOUNDED PRECEDING)
    )
    SELECT event.*
    FROM batch
    JOIN taskmaster.events AS event ON event.position = batch.position
    WHERE batch.place = 1 OR batch.bytes <= max_bytes;
  END
  $function$;

  -- Takes the lease and the first batch. No row: the lease is another's. A row of NULLs: it is the
  -- claimant's, and nothing is to be published.
  CREATE FUNCTION taskmaster.claim_v1(
    claimant uuid, now_ms bigint, lease_ms bigint,
    max_events bigint, per_user bigint, max_bytes bigint
  )
  RETURNS SETOF taskmaster.events
  LANGUAGE plpgsql VOLATILE
  AS $function$
  BEGIN
    UPDATE taskmaster.relay SET
      holder = claimant,
      lease_until = now_ms + lease_ms,
      expires_at = taskmaster.clock_ms() + lease_ms
    WHERE back_off_until <= now_ms
      AND (
        holder IS NULL OR holder = claimant
        OR lease_until <= now_ms OR expires_at <= taskmaster.clock_ms()
      );
    IF NOT FOUND THEN
      RETURN;
    END IF;

    RETURN QUERY
    SELECT batch.*
    FROM (SELECT) AS held
    LEFT JOIN taskmaster.next_batch_v1(now_ms, max_events, per_user, max_bytes) AS batch ON TRUE;
  END
  $function$;

  -- What an event says of its type, if it can be read.
  CREATE FUNCTION taskmaster.event_type_of(body text) RETURNS text
  LANGUAGE plpgsql IMMUTABLE
  AS $function$
  BEGIN
    RETURN coalesce(body::json ->> 'type', '');
  EXCEPTION
    WHEN data_exception THEN
      RETURN '';
  END
  $function$;

  -- Records a batch's results, renews the lease and gives the next batch, in rows as claim_v1 does:
  -- {holder, now, lease_until, marks: [{position, published, refusal?: {reason, retry_at, park}}]}.
  -- Done twice with one document it is as good as done once.
  CREATE FUNCTION taskmaster.mark_v1(
    doc jsonb, max_events bigint, per_user bigint, max_bytes bigint
  )
  RETURNS SETOF taskmaster.events
  LANGUAGE plpgsql VOLATILE
  SET enable_seqscan = off
  SET enable_hashjoin = off
  SET enable_mergejoin = off
  SET jit = off
  AS $function$
  DECLARE
    now_ms CONSTANT bigint := doc ->> 'now';
    lease_ms CONSTANT bigint := (doc ->> 'lease_until')::bigint - now_ms;
    owners uuid[];
    finished bigint[];
    reached bigint;
  BEGIN
    -- Whoever holds the lease may mark, even when its time is over: nobody else has claimed it.
    PERFORM FROM taskmaster.relay WHERE holder = (doc ->> 'holder')::uuid FOR UPDATE;
    IF NOT FOUND THEN
      RETURN;
    END IF;

    -- From here on no commit adds to the events of these users.
    PERFORM FROM taskmaster.outbox_heads AS head
    WHERE head.user_id = ANY (ARRAY(
      SELECT event.user_id
      FROM jsonb_to_recordset(doc -> 'marks') AS mark (position bigint)
      JOIN taskmaster.events AS event ON event.position = mark.position
    ))
    ORDER BY head.user_id
    FOR UPDATE;

    -- An event parked again after a replay is the same letter, open again.
    INSERT INTO taskmaster.dead_letters
      (position, topics, topic, event_id, event_type, reason, body, received_at)
    SELECT
      event.position, event.pending & ~mark.published, '', event.id::text,
      taskmaster.event_type_of(event.body), mark.refusal ->> 'reason', event.body, now_ms
    FROM jsonb_to_recordset(doc -> 'marks')
      AS mark (position bigint, published bigint, refusal jsonb)
    JOIN taskmaster.events AS event ON event.position = mark.position
    WHERE (mark.refusal ->> 'park')::boolean AND event.pending & ~mark.published <> 0
    ON CONFLICT (topic, event_id) DO UPDATE SET
      topics = excluded.topics,
      reason = excluded.reason,
      received_at = excluded.received_at,
      replayed_at = NULL;

    WITH mark AS MATERIALIZED (
      SELECT
        mark.position,
        mark.published,
        coalesce((mark.refusal ->> 'park')::boolean, false) AS park,
        (mark.refusal ->> 'retry_at')::bigint AS retry_at
      FROM jsonb_to_recordset(doc -> 'marks')
        AS mark (position bigint, published bigint, refusal jsonb)
    ), marked AS (
      UPDATE taskmaster.events AS event SET
        pending = CASE WHEN mark.park THEN 0 ELSE event.pending & ~mark.published END,
        parked = CASE
          WHEN mark.park THEN event.parked | (event.pending & ~mark.published) ELSE event.parked
        END,
        attempts = event.attempts + coalesce(mark.retry_at <> event.retry_at, false)::integer,
        retry_at = coalesce(mark.retry_at, event.retry_at)
      FROM mark
      JOIN taskmaster.events AS before ON before.position = mark.position
      WHERE event.position = before.position AND before.pending <> 0
      RETURNING
        event.user_id,
        (event.pending = 0)::integer AS finished,
        bit_count((before.pending & mark.published)::bit(64)) AS reached
    ), by_owner AS (
      SELECT
        marked.user_id, sum(marked.finished)::bigint AS finished, sum(marked.reached) AS reached
      FROM marked GROUP BY marked.user_id
    )
    SELECT
      array_agg(by_owner.user_id), array_agg(by_owner.finished), sum(by_owner.reached)
    INTO owners, finished, reached
    FROM by_owner;

    DELETE FROM taskmaster.outbox_heads AS head
    USING unnest(owners, finished) AS done (user_id, finished)
    WHERE head.user_id = done.user_id AND head.waiting = done.finished;

    UPDATE taskmaster.outbox_heads AS head SET
      position = next.position,
      retry_at = next.retry_at,
      waiting = head.waiting - done.finished
    FROM unnest(owners, finished) AS done (user_id, finished)
    CROSS JOIN LATERAL (
      SELECT event.position, event.retry_at
      FROM taskmaster.events AS event
      WHERE event.user_id = done.user_id AND event.pending <> 0
      ORDER BY event.position
      LIMIT 1
    ) AS next
    WHERE head.user_id = done.user_id;

    UPDATE taskmaster.relay SET
      lease_until = now_ms + lease_ms,
      expires_at = taskmaster.clock_ms() + lease_ms,
      published_total = published_total + coalesce(reached, 0);

    RETURN QUERY
    SELECT batch.*
    FROM (SELECT) AS held
    LEFT JOIN taskmaster.next_batch_v1(now_ms, max_events, per_user, max_bytes) AS batch ON TRUE;
  END
  $function$;

  -- Notes a replay of what was received then, and puts a parked event back into the outbox; gives
  -- the letter's id, unless it has come back in the meantime.
  CREATE FUNCTION taskmaster.mark_replayed_v1(letter bigint, received_ms bigint, now_ms bigint)
  RETURNS SETOF bigint
  LANGUAGE plpgsql VOLATILE
  AS $function$
  DECLARE
    place CONSTANT bigint := (SELECT position FROM taskmaster.dead_letters WHERE id = letter);
    owner CONSTANT uuid := (SELECT user_id FROM taskmaster.events WHERE position = place);
  BEGIN
    -- Without these, a relay that parks the event once more would find its letter closed, or the
    -- erasure of an account would leave a head without an event.
    IF place IS NOT NULL THEN
      PERFORM FROM taskmaster.users WHERE id = owner FOR UPDATE;
      PERFORM FROM taskmaster.relay FOR UPDATE;
    END IF;

    RETURN QUERY
    UPDATE taskmaster.dead_letters SET replayed_at = now_ms
    WHERE id = letter AND received_at = received_ms
    RETURNING id;
    IF NOT FOUND THEN
      RETURN;
    END IF;

    UPDATE taskmaster.events SET
      pending = pending | parked, parked = 0, attempts = 0, retry_at = 0
    WHERE position = place AND parked <> 0;
    IF FOUND THEN
      -- It may be its user's only one, or come before the earliest.
      INSERT INTO taskmaster.outbox_heads AS head (user_id, position, retry_at, waiting)
      VALUES (owner, place, 0, 1)
      ON CONFLICT (user_id) DO UPDATE SET
        position = least(head.position, excluded.position),
        retry_at = CASE WHEN excluded.position < head.position THEN 0 ELSE head.retry_at END,
        waiting = head.waiting + 1;
    END IF;
  END
  $function$;

  -- Derives the heads of these channels anew; their rows have to be locked, if they are there.
  CREATE FUNCTION taskmaster.derive_delivery_heads_v1(channels uuid[], served_until bigint)
  RETURNS void
  LANGUAGE plpgsql VOLATILE
  SET enable_seqscan = off
  SET enable_hashjoin = off
  SET enable_mergejoin = off
  SET jit = off
  AS $function$
  BEGIN
    UPDATE taskmaster.delivery_heads AS head SET
      due_at = earliest.due_at,
      served_until = greatest(head.served_until, derive_delivery_heads_v1.served_until)
    FROM unnest(channels) AS served (channel)
    CROSS JOIN LATERAL (
      SELECT delivery.due_at
      FROM taskmaster.deliveries AS delivery
      WHERE delivery.channel = served.channel AND delivery.state = 'pending'
      ORDER BY delivery.due_at
      LIMIT 1
    ) AS earliest
    WHERE head.channel = served.channel;

    DELETE FROM taskmaster.delivery_heads AS head
    WHERE head.channel = ANY (channels) AND NOT EXISTS (
      SELECT FROM taskmaster.deliveries AS delivery
      WHERE delivery.channel = head.channel AND delivery.state = 'pending'
    );
  END
  $function$;

  -- Takes one delivery of each channel that waits, then a second of each, and so on; the channels
  -- that were served longest ago come first. What somebody else is writing at this moment is left
  -- to the next lease.
  CREATE FUNCTION taskmaster.lease_deliveries_v1(
    lessee uuid, now_ms bigint, until_ms bigint, max_deliveries bigint, per_channel bigint
  )
  RETURNS SETOF taskmaster.deliveries
  LANGUAGE plpgsql VOLATILE
  SET enable_seqscan = off
  SET enable_hashjoin = off
  SET enable_mergejoin = off
  SET jit = off
  AS $function$
  DECLARE
    waiting uuid[];
    places bigint[];
    served uuid[];
  BEGIN
    waiting := ARRAY(
      SELECT head.channel
      FROM taskmaster.delivery_heads AS head
      WHERE head.due_at <= now_ms
      ORDER BY head.served_until, head.due_at
      LIMIT max_deliveries
    );
    PERFORM FROM taskmaster.delivery_heads AS head
    WHERE head.channel = ANY (waiting)
    ORDER BY head.channel
    FOR UPDATE;

    WITH due AS (
      SELECT
        own.place, own.due_at, head.channel, head.served_until,
        row_number() OVER (PARTITION BY head.channel ORDER BY own.due_at, own.place) AS turn
      FROM taskmaster.delivery_heads AS head
      CROSS JOIN LATERAL (
        SELECT delivery.place, delivery.due_at
        FROM taskmaster.deliveries AS delivery
        WHERE delivery.channel = head.channel
          AND delivery.state = 'pending'
          AND delivery.due_at <= now_ms
        ORDER BY delivery.due_at
        LIMIT per_channel
        FOR UPDATE SKIP LOCKED
      ) AS own
      WHERE head.channel = ANY (waiting)
    ), taken AS (
      SELECT due.place, due.channel
      FROM due
      ORDER BY due.turn, due.served_until, due.due_at
      LIMIT max_deliveries
    )
    SELECT coalesce(array_agg(taken.place), '{}'), coalesce(array_agg(DISTINCT taken.channel), '{}')
    INTO places, served
    FROM taken;

    RETURN QUERY
    UPDATE taskmaster.deliveries AS delivery SET holder = lessee, lease_until = until_ms
    WHERE delivery.place = ANY (places)
    RETURNING delivery.*;

    PERFORM taskmaster.derive_delivery_heads_v1(served, until_ms);
    -- A head that promised too much is set right, but does not count as served.
    PERFORM taskmaster.derive_delivery_heads_v1(
      ARRAY(SELECT unnest(waiting) EXCEPT SELECT unnest(served)), 0
    );
  END
  $function$;

  -- A user's channels after an attempt taught something about one of them.
  CREATE FUNCTION taskmaster.judge_channel_v1(
    owner uuid, judged uuid, verdict text, reason text
  )
  RETURNS void
  LANGUAGE plpgsql VOLATILE
  AS $function$
  BEGIN
    UPDATE taskmaster.channel_sets AS present SET
      version = present.version + 1,
      channels = coalesce(
        (
          SELECT jsonb_agg(
            CASE
              WHEN item.channel ->> 'id' = judged::text
              THEN item.channel || jsonb_build_object('enabled', false, 'disabled_reason', reason)
              ELSE item.channel
            END
            ORDER BY item.place
          )
          FROM jsonb_array_elements(present.channels) WITH ORDINALITY AS item (channel, place)
          WHERE verdict = 'disable' OR item.channel ->> 'id' <> judged::text
        ),
        '[]'
      )
    WHERE present.user_id = owner
      AND present.channels @> jsonb_build_array(jsonb_build_object('id', judged));
  END
  $function$;

  -- Records what came of a leased delivery, and gives it back; false when the lease is another's.
  -- `verdict` on the channel is keep, disable (for `reason`) or remove; `retry_at` is NULL unless
  -- `outcome` is pending.
  CREATE FUNCTION taskmaster.finish_attempt_v1(
    lessee uuid, delivery_id uuid, attempt jsonb, attempts_kept bigint, outcome text,
    retry_at bigint, verdict text, reason text, now_ms bigint
  )
  RETURNS boolean
  LANGUAGE plpgsql VOLATILE
  AS $function$
  DECLARE
    owner uuid;
    served uuid;
  BEGIN
    SELECT delivery.user_id, delivery.channel INTO owner, served
    FROM taskmaster.deliveries AS delivery
    WHERE delivery.id = delivery_id;
    PERFORM FROM taskmaster.users WHERE id = owner FOR UPDATE;
    PERFORM FROM taskmaster.delivery_heads WHERE channel = served FOR UPDATE;

    UPDATE taskmaster.deliveries AS delivery SET
      attempts = CASE
        WHEN attempt IS NULL THEN delivery.attempts
        WHEN jsonb_array_length(delivery.attempts) < attempts_kept
          THEN delivery.attempts || attempt
        ELSE (delivery.attempts - 0) || attempt
      END,
      state = outcome,
      next_attempt_at = retry_at,
      finished_at = CASE WHEN outcome = 'pending' THEN NULL ELSE now_ms END,
      holder = NULL,
      lease_until = 0
    WHERE delivery.id = delivery_id AND delivery.state = 'pending' AND delivery.holder = lessee;
    IF NOT FOUND THEN
      RETURN false;
    END IF;

    IF verdict <> 'keep' THEN
      PERFORM taskmaster.judge_channel_v1(owner, served, verdict, reason);
    END IF;
    PERFORM taskmaster.derive_delivery_heads_v1(ARRAY[served], 0);
    RETURN true;
  END
  $function$;

  -- Only the front of the log is looked at, so that a sweep costs its batch and no more. The users
  -- come first: a commit that waits for one of them holds nothing that is needed here.
  CREATE FUNCTION taskmaster.sweep_events_v1(before_ms bigint, max_rows bigint)
  RETURNS bigint
  LANGUAGE plpgsql VOLATILE
  SET enable_seqscan = off
  SET enable_hashjoin = off
  SET enable_mergejoin = off
  SET jit = off
  AS $function$
  DECLARE
    old bigint[];
    removed bigint;
  BEGIN
    old := ARRAY(
      SELECT front.position
      FROM (
        SELECT event.position, event.created_at
        FROM taskmaster.events AS event
        WHERE event.pending = 0 AND event.parked = 0
        ORDER BY event.position
        LIMIT max_rows
      ) AS front
      WHERE front.created_at < before_ms
    );
    PERFORM FROM taskmaster.users AS owner
    WHERE owner.id = ANY (ARRAY(
      SELECT event.user_id FROM taskmaster.events AS event WHERE event.position = ANY (old)
    ))
    ORDER BY owner.id
    FOR UPDATE;

    WITH gone AS (
      DELETE FROM taskmaster.events AS event
      WHERE event.position = ANY (old) AND event.pending = 0 AND event.parked = 0
      RETURNING event.user_id, event.seq
    ), last AS (
      SELECT gone.user_id, max(gone.seq) AS seq FROM gone GROUP BY gone.user_id
    ), raised AS (
      UPDATE taskmaster.users AS owner SET swept_seq = last.seq
      FROM last
      WHERE owner.id = last.user_id AND owner.swept_seq < last.seq
    )
    SELECT count(*) INTO removed FROM gone;
    RETURN removed;
  END
  $function$;

  -- Erases so many rows of each table of an ended account, and its own row when nothing else
  -- is left. An account of which something has still to be told,
  -- to the broker or to the scheduler, stays as it is.
  CREATE FUNCTION taskmaster.erase_account_v1(account uuid, max_rows bigint)
  RETURNS bigint
  LANGUAGE plpgsql VOLATILE
  AS $function$
  DECLARE
    erased bigint := 0;
    step bigint;
    letters bigint[];
  BEGIN
    PERFORM FROM taskmaster.users
    WHERE id = account AND deleted_at IS NOT NULL
    FOR UPDATE SKIP LOCKED;
    IF NOT FOUND
      OR EXISTS (SELECT FROM taskmaster.outbox_heads WHERE user_id = account)
      OR EXISTS (
        SELECT FROM taskmaster.reminders WHERE user_id = account AND state = 'cancelled'
      )
    THEN
      RETURN 0;
    END IF;

    -- A parked event that is erased with its account leaves no letter behind.
    WITH gone AS (
      DELETE FROM taskmaster.events WHERE position IN (
        SELECT position FROM taskmaster.events WHERE user_id = account LIMIT max_rows
      )
      RETURNING position, parked
    )
    SELECT count(*), array_agg(gone.position) FILTER (WHERE gone.parked <> 0)
    INTO erased, letters FROM gone;
    DELETE FROM taskmaster.dead_letters WHERE position = ANY (letters) AND replayed_at IS NULL;

    DELETE FROM taskmaster.tasks WHERE user_id = account AND number IN (
      SELECT number FROM taskmaster.tasks WHERE user_id = account LIMIT max_rows
    );
    GET DIAGNOSTICS step = ROW_COUNT;
    erased := erased + step;

    DELETE FROM taskmaster.successions
    WHERE user_id = account AND (series_id, occurrence) IN (
      SELECT series_id, occurrence FROM taskmaster.successions
      WHERE user_id = account LIMIT max_rows
    );
    GET DIAGNOSTICS step = ROW_COUNT;
    erased := erased + step;

    DELETE FROM taskmaster.reminders
    WHERE user_id = account AND (number, version, n) IN (
      SELECT number, version, n FROM taskmaster.reminders WHERE user_id = account LIMIT max_rows
    );
    GET DIAGNOSTICS step = ROW_COUNT;
    erased := erased + step;

    DELETE FROM taskmaster.deliveries WHERE place IN (
      SELECT place FROM taskmaster.deliveries WHERE user_id = account LIMIT max_rows
    );
    GET DIAGNOSTICS step = ROW_COUNT;
    erased := erased + step;

    DELETE FROM taskmaster.idempotency WHERE place IN (
      SELECT place FROM taskmaster.idempotency WHERE user_id = account LIMIT max_rows
    );
    GET DIAGNOSTICS step = ROW_COUNT;
    erased := erased + step;

    DELETE FROM taskmaster.imports WHERE user_id = account AND id IN (
      SELECT id FROM taskmaster.imports WHERE user_id = account LIMIT max_rows
    );
    GET DIAGNOSTICS step = ROW_COUNT;
    erased := erased + step;

    DELETE FROM taskmaster.import_keys WHERE user_id = account AND (source, uid) IN (
      SELECT source, uid FROM taskmaster.import_keys WHERE user_id = account LIMIT max_rows
    );
    GET DIAGNOSTICS step = ROW_COUNT;
    erased := erased + step;

    IF erased = 0 THEN
      DELETE FROM taskmaster.users WHERE id = account;
      RETURN 1;
    END IF;
    RETURN erased;
  END
  $function$;
