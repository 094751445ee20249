//! Taking a job away.

use dapr_protocol::jobs::{DeleteJob, DeleteOutcome, JobsApi};

use crate::{answer, dapr, text};

#[test]
fn the_request_has_no_body() {
    let job = DeleteJob { name: "r-1".to_owned() };
    let request = job.to_http(&dapr(), JobsApi::Stable).expect("a request");
    assert_eq!(text(&request), "DELETE http://localhost:3500/v1.0/jobs/r-1\n");
}

#[test]
fn a_missing_api_is_told_from_a_refusal() {
    assert_eq!(DeleteOutcome::read(&answer(204, "")), DeleteOutcome::Deleted);
    let unserved = answer(404, r#"{"errorCode":"ERR_DIRECT_INVOKE","message":"no"}"#);
    assert_eq!(DeleteOutcome::read(&unserved), DeleteOutcome::NoJobsApi);
    let failed = DeleteOutcome::read(&answer(500, "no"));
    assert!(matches!(failed, DeleteOutcome::Refused(_)), "{failed:?}");
}
