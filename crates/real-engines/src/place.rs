//! Where an engine lives: its folder and its addresses. Knows nothing of what lives there.

use std::net::{IpAddr, Ipv4Addr, SocketAddr, TcpListener};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

/// A folder that nobody else writes to, and addresses that nobody else listens on.
#[derive(Clone, Debug)]
pub struct Place {
    folder: PathBuf,
    addresses: Vec<SocketAddr>,
}

impl Place {
    /// With addresses that somebody chose before.
    pub fn at(folder: impl Into<PathBuf>, addresses: Vec<SocketAddr>) -> Self {
        Place { folder: folder.into(), addresses }
    }

    /// On free loopback addresses. The first one is the preferred port if that is free, because
    /// people know it by heart.
    pub fn on_free_ports(folder: PathBuf, preferred: u16, count: usize) -> Result<Self> {
        let mut listeners = Vec::with_capacity(count);
        let first = TcpListener::bind((Ipv4Addr::LOCALHOST, preferred));
        listeners.extend(first.ok());
        while listeners.len() < count {
            let any = TcpListener::bind((Ipv4Addr::LOCALHOST, 0));
            listeners.push(any.context("no port is free on the loopback interface")?);
        }
        // All are held until the last one is found, so that none is found twice.
        let addresses: std::io::Result<_> = listeners.iter().map(TcpListener::local_addr).collect();
        Ok(Place { folder, addresses: addresses.context("a listener has no address")? })
    }

    pub fn folder(&self) -> &Path {
        &self.folder
    }

    pub fn file(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    pub fn addresses(&self) -> &[SocketAddr] {
        &self.addresses
    }

    /// The address of this number; each engine says how many it wants, and what each is for.
    pub(crate) fn address(&self, number: usize) -> SocketAddr {
        let unspecified = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        self.addresses.get(number).copied().unwrap_or(unspecified)
    }

    pub(crate) fn port(&self, number: usize) -> String {
        self.address(number).port().to_string()
    }

    pub(crate) fn host(&self, number: usize) -> String {
        IpAddr::to_string(&self.address(number).ip())
    }

    /// Writes a file of the folder; an engine of an earlier run may have left one.
    pub(crate) fn write(&self, name: &str, text: &str) -> Result<PathBuf> {
        let file = self.file(name);
        std::fs::create_dir_all(&self.folder)
            .and_then(|()| std::fs::write(&file, text))
            .with_context(|| format!("cannot write {}", file.display()))?;
        Ok(file)
    }
}
