//! edge shell
