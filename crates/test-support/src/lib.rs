//! What tests are made of: the app as a process that can be killed and started again, its client,
//! what stands on its topics, and what must hold of its data whatever happened to it.
//!
//! Everything waits on conditions and panics with the reason when one does not come about.

pub mod address;
pub mod answer;
pub mod app;
pub mod app_database;
pub mod broker;
pub mod checkout;
pub mod client;
pub mod data_folder;
pub mod engines;
pub mod event_stream;
pub mod gateway;
pub mod invariants;
pub mod ledger;
pub mod mirror;
pub mod postgres;
pub mod probe;
pub mod process;
pub mod programs;
pub mod resources;
pub mod seed;
pub mod sidecar;
pub mod sqlite;
pub mod topics;
pub mod wait;
pub mod webhook;

pub use answer::Answer;
pub use app::{App, AppBuilder};
pub use app_database::Engine;
pub use broker::Broker;
pub use client::{Call, Client};
pub use data_folder::DataFolder;
pub use engines::{Backbone, Behind, BrokerKind, RealSidecar};
pub use event_stream::{EventStream, StreamedEvent};
pub use gateway::Gateway;
pub use invariants::Invariant;
pub use ledger::Ledger;
pub use mirror::{Mirror, Reflected};
pub use resources::Resources;
pub use seed::Seed;
pub use sidecar::Sidecar;
pub use topics::Topics;
pub use wait::{eventually, within, within_by};
