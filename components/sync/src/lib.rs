//! Live sync: streams of changes, and the realtime hub.
#![expect(unsafe_code, reason = "the entry macro exports the handler as a C symbol")]

use spin_adapters::serve_streaming;
use spin_sdk::http::{IncomingRequest, ResponseOutparam};
use spin_sdk::http_component;
use task_app::sync;

#[http_component]
async fn handle(request: IncomingRequest, out: ResponseOutparam) {
    serve_streaming(request, out, async |call, body, responder| {
        sync::handle(&call.platform, &call.settings, &call.head, body, responder).await;
    })
    .await;
}
