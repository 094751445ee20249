//! recurrence shell
