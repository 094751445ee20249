//! Where the embedded sidecar differs from daprd on purpose. The document tells why to people, the
//! list tells it to the cases.

use libtest_mimic::Trial;

use crate::Case;

/// Each case that daprd does not pass, and the reason in a few words.
const DIFFERENCES: &[(&str, &str)] = &[
    (
        "bindings::http::an_answer_over_the_components_limit_is_none",
        "daprd hands on the first bytes of it as if they were all",
    ),
    (
        "bindings::smtp::a_call_leaves_nothing_behind_for_the_next_one",
        "daprd keeps recipients for later calls",
    ),
    ("delivery::request::the_events_trace_state_goes_along", "daprd leaves it in the event alone"),
    (
        "delivery::request::metadata_that_no_header_can_carry_does_not_hold_up_the_event",
        "daprd can never deliver such an event",
    ),
    (
        "jobs::callback::without_data_the_body_is_empty",
        "daprd 1.18.2 takes the job, and fails to deliver it",
    ),
    (
        "subscribe::programmatic::a_subscription_that_cannot_work_is_not_shown",
        "daprd shows what was stated",
    ),
];

pub(crate) fn reason(case: &str) -> Option<&'static str> {
    DIFFERENCES.iter().find(|(name, _)| *name == case).map(|(_, reason)| *reason)
}

/// Every difference is one of a case that exists, and stands in the document by that name.
pub(crate) fn are_documented(cases: &[Case]) -> Trial {
    let known: Vec<&str> = cases.iter().map(|case| case.name).collect();
    Trial::test("differences_are_documented", move || {
        let document = include_str!("../../docs/SIDECAR.md");
        for (name, _) in DIFFERENCES {
            if !known.contains(name) {
                return Err(format!("{name} is listed as a difference and is no case").into());
            }
            if !document.contains(&format!("`{name}`")) {
                return Err(format!("docs/SIDECAR.md does not name {name}").into());
            }
        }
        Ok(())
    })
}
