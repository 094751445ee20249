//! What is PostgreSQL's alone: how its schema comes about, what its roles are limited to, and how
//! it words its refusals. The statements' texts are the files of this folder.

pub(crate) mod failure;
mod migrations;
mod role;

pub use migrations::{MIGRATIONS, Migration, migrate};
pub use role::{ROLE_SETTINGS, RoleSetting, role_statements};
