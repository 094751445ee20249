//! How a native program reaches a PostgreSQL server: by TLS where the connection string asks for
//! it. It knows no table.

mod connect;
mod tls;

pub use connect::{ConnectError, connect};
pub use tls::connector;
