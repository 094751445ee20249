//! task.completed in, the next instance of the series out.
#![expect(unsafe_code, reason = "the entry macro exports the handler as a C symbol")]

use spin_adapters::serve_then_relay;
use spin_sdk::http::{IncomingRequest, ResponseOutparam};
use spin_sdk::http_component;
use task_app::consume;

#[http_component]
async fn handle(request: IncomingRequest, out: ResponseOutparam) {
    serve_then_relay(request, out, async |call| {
        consume::answer(&call.request, &call.settings, async |event| {
            consume::make_next_instance(&call.platform, event).await
        })
        .await
    })
    .await;
}
