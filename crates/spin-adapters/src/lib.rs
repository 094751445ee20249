//! The only crate that names spin-sdk: ports of task-app on WASI
