//! The life of an account: where it comes from, what its owner changes, how it ends.

mod ending;
mod origin_contract;
mod other_issuers;
mod profile;
mod provider;
