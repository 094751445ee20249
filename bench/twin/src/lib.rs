//! The same core work as a native axum + rusqlite service, the yardstick of the benchmark
