//! What is SQLite's alone: how its schema comes about, and how it words its refusals. The
//! statements' texts are the files of this folder.

pub(crate) mod failure;
mod migrations;
mod refold;

pub use migrations::{MIGRATIONS, statements};
pub(crate) use migrations::{Migration, migrate};
