//! relay shell
