//! The people's HTTP API: accounts, tasks, changes.
#![expect(unsafe_code, reason = "the entry macro exports the handler as a C symbol")]

use spin_adapters::serve_then_relay;
use spin_sdk::http::{IncomingRequest, ResponseOutparam};
use spin_sdk::http_component;
use task_app::api;

#[http_component]
async fn handle(request: IncomingRequest, out: ResponseOutparam) {
    serve_then_relay(request, out, async |call| {
        api::handle(&call.platform, &call.settings, &call.request, call.client()).await
    })
    .await;
}
