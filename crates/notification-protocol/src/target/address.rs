//! Which addresses belong to the public internet.
//!
//! IPv4 is public unless a registry says otherwise; IPv6 is public only inside the one block that
//! is handed out for it, without the parts that carry another address in their bits.

use std::net::{Ipv4Addr, Ipv6Addr};

use super::TargetFault;

/// Network and prefix length.
type V4Block = ([u8; 4], u32);
type V6Block = ([u16; 8], u32);

/// IANA's special-purpose registry, multicast and the reserved rest.
const INNER_V4: [V4Block; 16] = [
    ([0, 0, 0, 0], 8),
    ([10, 0, 0, 0], 8),
    // Carrier-grade NAT, and the metadata service of one large cloud.
    ([100, 64, 0, 0], 10),
    ([127, 0, 0, 0], 8),
    // Link-local, where most clouds serve their metadata.
    ([169, 254, 0, 0], 16),
    ([172, 16, 0, 0], 12),
    ([192, 0, 0, 0], 24),
    ([192, 0, 2, 0], 24),
    ([192, 31, 196, 0], 24),
    ([192, 88, 99, 0], 24),
    ([192, 168, 0, 0], 16),
    ([198, 18, 0, 0], 15),
    ([198, 51, 100, 0], 24),
    ([203, 0, 113, 0], 24),
    ([224, 0, 0, 0], 4),
    ([240, 0, 0, 0], 4),
];

const PUBLIC_V6: V6Block = ([0x2000, 0, 0, 0, 0, 0, 0, 0], 3);

const INNER_V6: [V6Block; 4] = [
    // Protocol assignments; Teredo among them carries an IPv4 address.
    ([0x2001, 0, 0, 0, 0, 0, 0, 0], 23),
    ([0x2001, 0x0db8, 0, 0, 0, 0, 0, 0], 32),
    // 6to4 carries an IPv4 address.
    ([0x2002, 0, 0, 0, 0, 0, 0, 0], 16),
    ([0x3fff, 0, 0, 0, 0, 0, 0, 0], 20),
];

pub(super) fn check_v4(address: Ipv4Addr) -> Result<(), TargetFault> {
    let inner = INNER_V4.iter().any(|(network, prefix)| {
        let mask = u32::MAX << (32 - prefix);
        address.to_bits() & mask == Ipv4Addr::from(*network).to_bits()
    });
    if inner { Err(TargetFault::InnerAddress) } else { Ok(()) }
}

pub(super) fn check_v6(address: Ipv6Addr) -> Result<(), TargetFault> {
    let within = |(network, prefix): &V6Block| {
        let mask = u128::MAX << (128 - prefix);
        address.to_bits() & mask == Ipv6Addr::from(*network).to_bits()
    };
    match within(&PUBLIC_V6) && !INNER_V6.iter().any(within) {
        true => Ok(()),
        false => Err(TargetFault::InnerAddress),
    }
}
