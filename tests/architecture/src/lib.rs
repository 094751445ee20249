//! Fitness functions: who may depend on, name and import what
