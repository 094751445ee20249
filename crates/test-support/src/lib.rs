//! Test app builder, virtual clock, engine processes
