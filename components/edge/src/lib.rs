//! Health, metrics and subscriptions, and a 503 for what this app does not hold.
#![expect(unsafe_code, reason = "the entry macro exports the handler as a C symbol")]

use spin_adapters::serve;
use spin_sdk::http::{IncomingRequest, ResponseOutparam};
use spin_sdk::http_component;
use task_app::operate::handle_edge;

#[http_component]
async fn handle(request: IncomingRequest, out: ResponseOutparam) {
    serve(request, out, async |call| {
        handle_edge(&call.platform, &call.settings, &call.request).await
    })
    .await;
}
