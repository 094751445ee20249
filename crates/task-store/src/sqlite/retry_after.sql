-- Milliseconds until the bucket holds the cost. ?1 user, ?2 now, ?3 cost and ?4 capacity in
-- thousandths of a token, ?5 thousandths that come back in a millisecond.
SELECT max(0, ?3 - min(?4, coalesce(rate_level, ?4) + max(0, ?2 - rate_at) * ?5) + ?5 - 1) / ?5
FROM users WHERE id = ?1
