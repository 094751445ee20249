//! A durable Dapr-compatible sidecar: a library first, a binary with the flags of daprd last
