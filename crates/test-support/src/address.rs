//! Addresses for processes that must find each other again after a restart.

use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::process;
use std::sync::atomic::{AtomicU32, Ordering};

/// A loopback address that nobody listens on.
///
/// The port comes from the system. On Linux all of 127/8 is loopback, and each address has a host
/// part of its own, so that no other test takes the port while its owner is down.
pub fn reserve() -> SocketAddr {
    let host = if cfg!(target_os = "linux") { own_host() } else { Ipv4Addr::LOCALHOST };
    let reserved = TcpListener::bind((host, 0)).and_then(|listener| listener.local_addr());
    reserved.unwrap_or_else(|error| panic!("no port is free on {host}: {error}"))
}

fn own_host() -> Ipv4Addr {
    static NEXT: AtomicU32 = AtomicU32::new(1);
    let number = NEXT.fetch_add(1, Ordering::Relaxed);
    let [_, _, high, low] = process::id().to_be_bytes();
    // 127.0.x.x is everybody's; 127.255.255.255 is the broadcast address.
    let part = u8::try_from(1 + number % 254).unwrap_or(1);
    Ipv4Addr::new(127, part, high, low.clamp(1, 254))
}

/// `http://host:port`.
pub fn url(address: SocketAddr) -> String {
    format!("http://{address}")
}
