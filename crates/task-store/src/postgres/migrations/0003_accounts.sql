  -- Gives the id when the account exists now by this very call or by an earlier try of it. The look
  -- is a statement of its own, because an earlier try may have ended only during the first one.
  CREATE FUNCTION taskmaster.create_account_v1(
    new_id uuid, new_email text, new_name text, new_timezone text, new_password_hash text,
    new_token_epoch bigint, new_external_sub text, new_quiet_from text, new_quiet_to text,
    instant bigint
  ) RETURNS SETOF uuid
  LANGUAGE plpgsql AS $function$
  BEGIN
    INSERT INTO taskmaster.users (
      id, email, name, timezone, password_hash, token_epoch, external_sub, quiet_from, quiet_to,
      created_at
    )
    VALUES (
      new_id, new_email, new_name, new_timezone, new_password_hash, new_token_epoch,
      new_external_sub, new_quiet_from, new_quiet_to, instant
    )
    ON CONFLICT DO NOTHING;

    RETURN QUERY SELECT id FROM taskmaster.users WHERE id = new_id AND email = new_email;
  END
  $function$;

  -- Gives the account as it is now, or nothing when there is none or somebody else has the address.
  -- What is NULL stays.
  CREATE FUNCTION taskmaster.change_profile_v1(
    account uuid, epoch bigint, new_name text, new_timezone text, new_email text,
    quiet_hours_change boolean, new_quiet_from text, new_quiet_to text
  ) RETURNS SETOF taskmaster.users
  LANGUAGE plpgsql AS $function$
  BEGIN
    RETURN QUERY UPDATE taskmaster.users SET
      name = coalesce(new_name, name),
      timezone = coalesce(new_timezone, timezone),
      email = coalesce(new_email, email),
      quiet_from = CASE WHEN quiet_hours_change THEN new_quiet_from ELSE quiet_from END,
      quiet_to = CASE WHEN quiet_hours_change THEN new_quiet_to ELSE quiet_to END
    WHERE id = account AND deleted_at IS NULL AND (epoch IS NULL OR token_epoch = epoch)
    RETURNING *;
  EXCEPTION
    WHEN unique_violation THEN RETURN;
  END
  $function$;

  -- Takes a token from every bucket or, giving nothing, from none. The buckets are locked in their
  -- order before they are looked at: two that come at once must not spend the same token, nor wait
  -- for each other.
  CREATE FUNCTION taskmaster.throttle_v1(instant bigint, buckets jsonb) RETURNS SETOF text
  LANGUAGE plpgsql AS $function$
  BEGIN
    INSERT INTO taskmaster.throttles (bucket, full_at)
    SELECT wanted.bucket, instant
    FROM jsonb_to_recordset(buckets) AS wanted (bucket text)
    ORDER BY wanted.bucket COLLATE "C"
    ON CONFLICT DO NOTHING;

    PERFORM 1 FROM taskmaster.throttles
    WHERE bucket IN (SELECT wanted.bucket FROM jsonb_to_recordset(buckets) AS wanted (bucket text))
    ORDER BY bucket
    FOR UPDATE;

    IF EXISTS (
      SELECT 1
      FROM jsonb_to_recordset(buckets) AS wanted (bucket text, refill_ms bigint, span_ms bigint)
      JOIN taskmaster.throttles ON throttles.bucket = wanted.bucket
      WHERE greatest(throttles.full_at, instant) + wanted.refill_ms > instant + wanted.span_ms
    ) THEN
      RETURN;
    END IF;

    RETURN QUERY UPDATE taskmaster.throttles
    SET full_at = greatest(throttles.full_at, instant) + wanted.refill_ms
    FROM jsonb_to_recordset(buckets) AS wanted (bucket text, refill_ms bigint)
    WHERE throttles.bucket = wanted.bucket
    RETURNING throttles.bucket;
  END
  $function$;
