-- $11 and $12 the last key and number of the page before.
AND ({key}, number) {comparison} ({bound}, $12::bigint)
