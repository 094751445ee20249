//! One session, for a program that does one thing.

use thiserror::Error;
use tokio_postgres::config::SslMode;
use tokio_postgres::{Client, Config, NoTls};

use crate::tls;

#[derive(Debug, Error)]
pub enum ConnectError {
    #[error("the connection string is malformed")]
    Malformed(#[source] tokio_postgres::Error),
    #[error("no TLS")]
    Tls(#[from] rustls::Error),
    #[error("no connection")]
    NoConnection(#[source] tokio_postgres::Error),
}

/// The session ends with its client.
pub async fn connect(address: &str) -> Result<Client, ConnectError> {
    let config: Config = address.parse().map_err(ConnectError::Malformed)?;
    let client = match config.get_ssl_mode() {
        SslMode::Disable => {
            let (client, connection) =
                config.connect(NoTls).await.map_err(ConnectError::NoConnection)?;
            tokio::spawn(told(connection));
            client
        }
        _ => {
            let tls = tls::connector()?;
            let (client, connection) =
                config.connect(tls).await.map_err(ConnectError::NoConnection)?;
            tokio::spawn(told(connection));
            client
        }
    };
    Ok(client)
}

/// What breaks a session shows in the statement under way; between statements only here.
async fn told(connection: impl Future<Output = Result<(), tokio_postgres::Error>>) {
    if let Err(error) = connection.await {
        tracing::warn!(%error, "the session with PostgreSQL broke");
    }
}
