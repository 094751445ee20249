//! What every engine has in common.

use std::net::SocketAddr;
use std::process::Command;

use anyhow::Result;

use crate::place::Place;

/// A program that serves on addresses of its own, out of a folder of its own.
pub trait Engine: Send + Sync {
    /// What people call it, and its folder.
    fn name(&self) -> &'static str;

    fn place(&self) -> &Place;

    /// Puts into the folder what the program wants to find there. Once is enough; again does no
    /// harm.
    fn prepare(&self) -> Result<()>;

    /// The program in the foreground.
    fn command(&self) -> Result<Command>;

    /// Whether it answers its clients now.
    fn is_ready(&self) -> bool;

    /// Ends what the program would leave behind.
    fn clean_up(&self) {}

    /// Where its clients find it.
    fn address(&self) -> SocketAddr {
        self.place().address(0)
    }

    /// The environment by which resource files find it.
    fn environment(&self) -> Vec<(&'static str, String)> {
        Vec::new()
    }
}
