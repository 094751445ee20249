//! The memory one guest may hold. Growth beyond it fails inside the guest, never in the host.

use wasmtime::ResourceLimiter;

#[derive(Debug)]
pub(crate) struct MemoryLimit {
    max_bytes: u64,
    held_bytes: u64,
}

impl MemoryLimit {
    pub(crate) fn new(max_bytes: u64) -> Self {
        Self { max_bytes, held_bytes: 0 }
    }
}

impl ResourceLimiter for MemoryLimit {
    fn memory_growing(
        &mut self,
        current: usize,
        desired: usize,
        maximum: Option<usize>,
    ) -> wasmtime::Result<bool> {
        if maximum.is_some_and(|maximum| desired > maximum) {
            return Ok(false);
        }
        let grown = self.held_bytes.saturating_add((desired - current) as u64);
        if grown > self.max_bytes {
            tracing::warn!(bytes = grown, limit_bytes = self.max_bytes, "memory growth refused");
            return Ok(false);
        }
        self.held_bytes = grown;
        Ok(true)
    }

    fn table_growing(
        &mut self,
        _current: usize,
        desired: usize,
        maximum: Option<usize>,
    ) -> wasmtime::Result<bool> {
        Ok(maximum.is_none_or(|maximum| desired <= maximum))
    }
}
