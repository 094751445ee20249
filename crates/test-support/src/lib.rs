//! Test app builder, virtual clock, engine processes

pub mod sqlite;
