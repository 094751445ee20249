//! Why a sidecar does not start. Each variant names what to look at.

use crate::durable_log::LogError;
use crate::job_store::JobStoreError;
use crate::resources::ResourceError;
use crate::state::StateStoreError;

#[derive(Debug, thiserror::Error)]
pub enum SidecarError {
    #[error("the app id is empty; it names the consumer group, so it has to be stated")]
    AppIdEmpty,
    #[error("the app id {app_id:?} contains a dot, which Dapr does not allow")]
    AppIdWithDot { app_id: String },
    #[error("cannot load the resources")]
    Resources(#[from] ResourceError),
    #[error("cannot open the event log")]
    Log(#[from] LogError),
    #[error("cannot open the job store")]
    Jobs(#[from] JobStoreError),
    #[error("cannot open a state component")]
    State(#[from] StateStoreError),
    #[error("cannot serve the API")]
    Serve(#[source] std::io::Error),
}
