-- ?10 and ?11 the last key and number of the page before.
AND ({key}, number) {comparison} (?10, ?11)
