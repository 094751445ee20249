//! The people's HTTP API: accounts, tasks, changes, files of tasks.
#![expect(unsafe_code, reason = "the entry macro exports the handler as a C symbol")]

use spin_adapters::serve_streaming_then_relay;
use spin_sdk::http::{IncomingRequest, ResponseOutparam};
use spin_sdk::http_component;
use task_app::api;

#[http_component]
async fn handle(request: IncomingRequest, out: ResponseOutparam) {
    serve_streaming_then_relay(request, out, async |call, body, responder| {
        let (platform, settings, head) = (&call.platform, &call.settings, &call.head);
        api::handle(platform, settings, head, body, responder, call.client()).await;
    })
    .await;
}
