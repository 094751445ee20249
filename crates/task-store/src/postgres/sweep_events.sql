-- $1 before, $2 rows.
SELECT 1
FROM generate_series(1, taskmaster.sweep_events_v1($1::bigint, $2::bigint))
