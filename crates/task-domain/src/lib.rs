//! Pure task rules: task, recurrence, ids, transitions; time is a value
