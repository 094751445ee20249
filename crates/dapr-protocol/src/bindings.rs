//! Bindings, both directions. Knows the calls, and no binding in particular.

mod input;
mod output;

pub use input::{ProbeAnswer, probe_request, trigger_request};
pub use output::{BindingCall, BindingOutcome, BindingResponse, InvokeBinding};
