-- ?1 holder, ?2 id, ?3 the attempt as JSON or NULL, ?4 how many attempts a row keeps, ?5 state,
-- ?6 the next attempt or NULL, ?7 verdict on the channel, ?8 its reason or NULL, ?9 now.
INSERT INTO finished_attempts (
  holder, id, attempt, attempts_kept, state, retry_at, verdict, reason, now
) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)
