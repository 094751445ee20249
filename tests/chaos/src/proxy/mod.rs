//! What stands between the parts: it passes on what they say to each other, late, often, or not
//! at all.

mod http;
mod storm;
mod tcp;
mod towards_app;
mod towards_sidecar;

pub(crate) use http::{Answer, HttpProxy, answer_with, serve};
pub(crate) use storm::Storm;
pub(crate) use tcp::TcpProxy;
pub(crate) use towards_app::TowardsApp;
pub(crate) use towards_sidecar::TowardsSidecar;
