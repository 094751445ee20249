//! `spin:postgres@4.0.0` over pooled sessions of PostgreSQL servers.
//!
//! A guest sees what Spin shows it. Opening a connection takes a session from its component's pool
//! for that address; dropping it, by whatever end the guest comes to, gives it back. A session is
//! cleaned when it is taken again, but nobody rolls it back: a transaction left open is still open
//! for the next guest. A column of type TIMESTAMPTZ can be written and not read, and a result
//! without rows tells no columns.
//!
//! Unlike Spin, which prepares every statement anew, a session keeps those it has prepared.
//!
//! It differs where Spin would do harm. A guest that finds every session taken is told so after a
//! moment, and does not wait for ever. The addresses of `hostaddr` are checked like names. A bound
//! that no range of integers can have is the server's to refuse.
//!
//! It knows no statement and no table.

mod address;
mod failure;
mod guest_connection;
mod pools;
mod prepared;
mod statement;
mod values;

#[expect(unreachable_pub, reason = "the generated bindings re-export it as public")]
pub use self::guest_connection::PostgresConnection;
pub(crate) use self::pools::Pools;
