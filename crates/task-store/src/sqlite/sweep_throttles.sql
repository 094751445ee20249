-- A bucket that is full again is as good as none. ?1 before, ?2 rows.
DELETE FROM throttles WHERE bucket IN (
  SELECT bucket FROM throttles WHERE full_at < ?1 ORDER BY full_at LIMIT ?2
)
RETURNING 1
