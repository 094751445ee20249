//! What is measured and what it needs: sides, databases, sidecars, each a process with a folder of
//! its own.

mod carrier;
mod database;
mod running;
mod server;
mod side;

pub(crate) use carrier::{Broker, Carrier, Counted};
pub(crate) use database::{DatabaseKind, Databases};
pub(crate) use server::{Publishing, Server, Settled};
pub(crate) use side::{Programs, Side};
