//! Redis, which keeps every write in a file before it answers.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;

use anyhow::Result;

use crate::cache::{self, REDIS_SERVER};
use crate::engine::Engine;
use crate::place::Place;

/// Where people expect it.
const USUAL_PORT: u16 = 6379;
const PROGRAMS: [&str; 2] = ["/usr/bin/redis-server", "/usr/local/bin/redis-server"];
const PING_TIMEOUT: Duration = Duration::from_secs(1);

#[derive(Clone, Debug)]
pub struct Redis {
    place: Place,
}

impl Redis {
    pub const NAME: &str = "redis";
    pub const ADDRESSES: usize = 1;
    pub const USUAL_PORT: u16 = USUAL_PORT;

    pub fn at(place: Place) -> Self {
        Redis { place }
    }

    /// The server that would be started.
    pub fn program() -> Result<PathBuf> {
        cache::of_the_system(&PROGRAMS, Self::NAME, REDIS_SERVER)
    }

    fn ping(&self) -> std::io::Result<bool> {
        let mut stream = TcpStream::connect_timeout(&self.address(), PING_TIMEOUT)?;
        stream.set_read_timeout(Some(PING_TIMEOUT))?;
        stream.write_all(b"PING\r\n")?;
        let mut answer = [0; 5];
        stream.read_exact(&mut answer)?;
        Ok(&answer == b"+PONG")
    }
}

impl Engine for Redis {
    fn name(&self) -> &'static str {
        Self::NAME
    }

    fn place(&self) -> &Place {
        &self.place
    }

    fn prepare(&self) -> Result<()> {
        Ok(std::fs::create_dir_all(self.place.folder())?)
    }

    fn command(&self) -> Result<Command> {
        let mut command = Command::new(Self::program()?);
        command.args(["--bind", &self.place.host(0), "--port", &self.place.port(0)]);
        command.arg("--dir").arg(self.place.folder());
        // What it acknowledged is there after a kill; `everysec` may answer before it writes.
        command.args(["--appendonly", "yes", "--appendfsync", "always", "--save", ""]);
        Ok(command)
    }

    fn is_ready(&self) -> bool {
        self.ping().unwrap_or(false)
    }

    fn environment(&self) -> Vec<(&'static str, String)> {
        vec![("TASKMASTER_REDIS", self.address().to_string())]
    }
}
