//! Files of tasks, in and out. A file may be far larger than the memory of an instance, so it is
//! read and written piece by piece. What a file says is `task_interchange`'s.

mod batch;
mod export;
mod identity;
mod import;
mod progress;

#[cfg(feature = "openapi")]
pub(crate) use export::ExportQuery;
#[cfg(feature = "openapi")]
pub(crate) use import::ImportQuery;
pub use import::import_file;
#[cfg(feature = "openapi")]
pub(crate) use progress::{ImportList, ImportReport, ImportsQuery, LineError};
pub(crate) use progress::{imports, read_import};

use task_store::Caller;

use super::Call;
use super::route::TransferCall;
use crate::ports::{BodySource, Responder};
use crate::{Platform, Problem};

/// Owes the responder one answer.
pub(super) async fn respond<P: Platform>(
    call: &Call<'_, P>,
    caller: Caller,
    transfer: TransferCall,
    mut body: impl BodySource,
    responder: impl Responder,
) {
    match transfer {
        TransferCall::Import => {
            let answer = import::import(call, caller, &mut body).await;
            responder.answer(answer.unwrap_or_else(Problem::into_response)).await;
        }
        TransferCall::Export => export::export(call, caller, responder).await,
    }
}
