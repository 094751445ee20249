//! reminder.due in, messages to people's channels out; and the tick that sends what was left.
#![expect(unsafe_code, reason = "the entry macro exports the handler as a C symbol")]

use spin_adapters::serve_then;
use spin_sdk::http::{IncomingRequest, ResponseOutparam};
use spin_sdk::http_component;
use task_app::notify;

#[http_component]
async fn handle(request: IncomingRequest, out: ResponseOutparam) {
    serve_then(
        request,
        out,
        async |call| notify::handle(&call.platform, &call.settings, &call.request).await,
        async |call| notify::after_answer(&call.platform, &call.settings, &call.request).await,
    )
    .await;
}
