//! task-api shell
