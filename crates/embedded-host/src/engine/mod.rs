//! The wasm engine: pooled instances, yielding guests, and the limits on both.
//!
//! It knows wasmtime. It does not know what a component is for, or HTTP.

mod compile_cache;
mod epoch;
mod memory_limit;

use wasmtime::{Config, Enabled, Engine, InstanceAllocationStrategy, PoolingAllocationConfig};

pub(crate) use self::compile_cache::compile_all;
pub use self::compile_cache::{CompileError, CompileProgress, CompileSource};
pub(crate) use self::epoch::{EpochTicker, yield_when_due};
pub(crate) use self::memory_limit::MemoryLimit;

/// A component of wit-bindgen has a main module and a few adapters; Spin allows 200.
const MAX_CORE_INSTANCES_PER_COMPONENT: u32 = 200;
const MAX_MEMORIES_PER_COMPONENT: u32 = 32;
const MAX_TABLES_PER_COMPONENT: u32 = 64;

/// The pool is sized by usual components: one memory, two tables, four core instances each.
const TABLES_PER_INSTANCE: u32 = 2;
const CORE_INSTANCES_PER_INSTANCE: u32 = 4;

/// Bytes for the metadata of one instance, which large modules need.
const MAX_INSTANCE_METADATA_BYTES: usize = 10 << 20;

/// Table elements, as Spin has it: enough for the function tables of large modules.
const MAX_TABLE_ELEMENTS: usize = 100_000;

/// Kept mapped in a freed memory slot, so that the next small guest faults in no pages.
const MEMORY_KEEP_RESIDENT_BYTES: usize = 2 << 20;

/// Kept mapped of a freed async stack, for the same reason.
const STACK_KEEP_RESIDENT_BYTES: usize = 64 << 10;

/// Room for guests and the host functions they call.
const ASYNC_STACK_BYTES: usize = 2 << 20;

/// How many guests may run, and how much each may hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EngineLimits {
    pub max_instances: u32,
    pub max_instance_memory_bytes: u64,
}

#[derive(Debug, thiserror::Error)]
#[error("the wasm engine cannot be configured for {max_instances} instances")]
pub struct EngineError {
    max_instances: u32,
    #[source]
    source: wasmtime::Error,
}

pub(crate) fn build(limits: EngineLimits) -> Result<Engine, EngineError> {
    let instances = limits.max_instances;
    let mut pool = PoolingAllocationConfig::new();
    pool.total_component_instances(instances)
        .total_memories(instances)
        .total_stacks(instances)
        .total_tables(instances.saturating_mul(TABLES_PER_INSTANCE))
        .total_core_instances(instances.saturating_mul(CORE_INSTANCES_PER_INSTANCE))
        .max_core_instances_per_component(MAX_CORE_INSTANCES_PER_COMPONENT)
        .max_memories_per_component(MAX_MEMORIES_PER_COMPONENT)
        .max_tables_per_component(MAX_TABLES_PER_COMPONENT)
        .max_component_instance_size(MAX_INSTANCE_METADATA_BYTES)
        .max_core_instance_size(MAX_INSTANCE_METADATA_BYTES)
        .table_elements(MAX_TABLE_ELEMENTS)
        .linear_memory_keep_resident(MEMORY_KEEP_RESIDENT_BYTES)
        .async_stack_keep_resident(STACK_KEEP_RESIDENT_BYTES)
        // Clears the pages a guest has touched, and not all it could have.
        .pagemap_scan(Enabled::Auto);
    let mut config = Config::new();
    config
        .allocation_strategy(InstanceAllocationStrategy::Pooling(pool))
        .async_stack_size(ASYNC_STACK_BYTES)
        .epoch_interruption(true);
    Engine::new(&config).map_err(|source| EngineError { max_instances: instances, source })
}
