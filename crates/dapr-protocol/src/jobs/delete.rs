//! `DELETE /v1.0/jobs/{name}`: 204, also when there is no such job.

use bytes::Bytes;
use http::{Method, Request, Response};

use super::{JobsApi, is_unserved};
use crate::endpoint::{DaprEndpoint, RequestError};
use crate::error_body::Refusal;

/// Takes a job away.
#[derive(Clone, Debug)]
pub struct DeleteJob {
    pub name: String,
}

/// How taking it away ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DeleteOutcome {
    /// There is no job of this name any more.
    Deleted,
    /// This sidecar does not know the call: try an older form of the API.
    NoJobsApi,
    Refused(Refusal),
}

impl DeleteJob {
    pub fn to_http(
        &self,
        dapr: &DaprEndpoint,
        api: JobsApi,
    ) -> Result<Request<Bytes>, RequestError> {
        dapr.bare(Method::DELETE, &api.path(&self.name))
    }
}

impl DeleteOutcome {
    pub fn read(response: &Response<Bytes>) -> Self {
        if response.status().is_success() {
            return Self::Deleted;
        }
        let refusal = Refusal::read(response);
        if is_unserved(response, &refusal) { Self::NoJobsApi } else { Self::Refused(refusal) }
    }
}
