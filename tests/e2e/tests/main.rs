//! The app as its users and operators meet it: real components, real host, real sidecar, killed
//! at will. Nothing here knows how any of it is made, apart from the ledger's invariants.

mod walkthrough;
