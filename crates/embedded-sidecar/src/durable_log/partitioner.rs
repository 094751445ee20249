//! Which partition a record goes to. Pure.

use super::topic::PARTITIONS;

/// Spreads keyless records evenly.
#[derive(Debug, Default)]
pub(super) struct RoundRobin {
    next: usize,
}

impl RoundRobin {
    pub(super) fn partition_for(&mut self, key: Option<&str>) -> usize {
        match key {
            Some(key) => partition_of_key(key),
            None => {
                self.next = (self.next + 1) % PARTITIONS;
                self.next
            }
        }
    }
}

/// FNV-1a: tiny, and the same on every platform and in every version. The standard library's
/// hasher promises neither.
fn partition_of_key(key: &str) -> usize {
    const OFFSET_BASIS: u32 = 0x811c_9dc5;
    const PRIME: u32 = 0x0100_0193;
    let hash =
        key.bytes().fold(OFFSET_BASIS, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(PRIME));
    hash as usize % PARTITIONS
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_always_goes_to_the_partition_it_went_to() {
        let partitions = ["", "a", "user-1", "0193-…"].map(partition_of_key);
        assert_eq!(partitions, [5, 12, 4, 15]);
    }

    #[test]
    fn keyless_records_visit_every_partition_in_turn() {
        let mut spread = RoundRobin::default();
        let mut seen: Vec<_> = (0..PARTITIONS).map(|_| spread.partition_for(None)).collect();
        seen.sort_unstable();
        assert_eq!(seen, (0..PARTITIONS).collect::<Vec<_>>());
    }
}
