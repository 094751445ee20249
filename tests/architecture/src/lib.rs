//! Fitness functions: who may depend on, name and import what, and how large a thing may grow.
//!
//! Each module owns one kind of fact. A rule is a function from values to findings, tried on a
//! made-up offender too, so that a rule which sees nothing is itself a failure.
#![cfg(test)]

mod checkout;
mod components;
mod configuration;
mod containment;
mod dependencies;
mod manifests;
mod sizes;
mod tokens;
mod wording;
