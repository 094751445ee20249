//! The name of a reminder's job, both ways.

use task_contracts::reminder_job::ReminderJob;
use uuid::Uuid;

const JOB: ReminderJob =
    ReminderJob { user_id: Uuid::from_u128(0x0197_aaaa), task_id: 3, n: 1, version: 12 };

#[test]
fn a_job_is_read_back_from_its_name() {
    let name = "r-00000000-0000-0000-0000-00000197aaaa-3-1-12";
    assert_eq!(JOB.to_string(), name);
    assert_eq!(name.parse(), Ok(JOB));
}

#[test]
fn only_the_one_spelling_names_a_job() {
    let user = "00000000-0000-0000-0000-00000197aaaa";
    for name in [
        String::new(),
        "r-".to_owned(),
        format!("r-{user}"),
        format!("r-{user}-3-1"),
        format!("r-{user}-3-1-12-7"),
        format!("r-{user}-03-1-12"),
        format!("r-{user}-3-+1-12"),
        format!("r-{user}-3--1-12"),
        format!("x-{user}-3-1-12"),
        format!("r-{}-3-1-12", user.to_uppercase()),
        format!("r-{user}-3-1-99999999999999999999"),
    ] {
        assert!(name.parse::<ReminderJob>().is_err(), "{name}");
    }
}

#[test]
fn each_version_of_a_reminder_falls_due_as_an_event_of_its_own() {
    let moved = ReminderJob { version: 13, ..JOB };
    let another = ReminderJob { n: 2, ..JOB };
    assert_eq!(JOB.event_id(), JOB.event_id());
    assert_ne!(JOB.event_id(), moved.event_id());
    assert_ne!(JOB.event_id(), another.event_id());
}
