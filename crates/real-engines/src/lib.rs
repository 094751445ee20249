//! Real engines beside the app: brokers, Dapr's sidecar and its scheduler.
//!
//! Owns where their programs are, what must lie in their folders before they start, their command
//! lines, and how one sees that they serve. It must not know tasks, and it starts and ends nothing
//! by itself: the task runner keeps engines running, a test ends them with itself.

mod cache;
mod daprd;
mod engine;
mod kafka;
mod place;
mod postgresql;
mod probe;
mod rabbitmq;
mod redis;
mod scheduler;

pub use cache::{DAPRD, KAFKA_HOME, RABBITMQ_SERVER, REDIS_SERVER, SCHEDULER, folder_of};
pub use daprd::{App, DaprVersion, Daprd};
pub use engine::Engine;
pub use kafka::{KAFKA_VERSION, Kafka};
pub use place::Place;
pub use postgresql::PostgreSql;
pub use rabbitmq::RabbitMq;
pub use redis::Redis;
pub use scheduler::Scheduler;
