//! Changes of tasks and calls of the scheduler in, reminders that fell due out.
#![expect(unsafe_code, reason = "the entry macro exports the handler as a C symbol")]

use spin_adapters::serve_then_relay;
use spin_sdk::http::{IncomingRequest, ResponseOutparam};
use spin_sdk::http_component;
use task_app::remind;

#[http_component]
async fn handle(request: IncomingRequest, out: ResponseOutparam) {
    serve_then_relay(request, out, async |call| {
        remind::handle(&call.platform, &call.settings, &call.request).await
    })
    .await;
}
