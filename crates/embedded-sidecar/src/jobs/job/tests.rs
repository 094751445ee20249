//! Jobs over time, without a scheduler.

use super::*;

const NOW: &str = "2027-01-31T09:00:00Z";

fn now() -> DateTime<Utc> {
    NOW.parse().expect("a time")
}

fn stated(body: &str) -> ScheduleJob {
    JobDocument::read(body.as_bytes()).expect(body).named("job")
}

fn plan(body: &str) -> Job {
    match Job::plan(stated(body), now()).expect(body) {
        Planned::Keep(job) => *job,
        Planned::Never => panic!("{body} never fires"),
    }
}

/// Seconds from now to each call, while the app gives these answers: `.` for done and `x` for
/// failed. A number that is left over has no answer; `over` says whether the job ends there.
fn check(body: &str, answers: &str, expected: &[i64], over: bool) {
    let (mut job, mut calls) = (Some(plan(body)), Vec::new());
    for answer in answers.chars() {
        let Some(due) = job.take() else { break };
        calls.push((due.due_at() - now()).num_seconds());
        let answer = match answer {
            '.' => JobAnswer::Done,
            _ => JobAnswer::Failed { reason: "no".to_owned() },
        };
        // Whatever is written is what is read.
        let due = Job::from_stored(&due.to_stored()).expect("readable");
        job = match due.after(&answer) {
            Next::Retry(job) | Next::Tick(job) => Some(job),
            Next::Over => None,
        };
    }
    assert_eq!(calls, expected, "{body} {answers}");
    assert_eq!(job.is_none(), over, "{body} {answers}");
}

#[test]
fn a_job_without_a_schedule_fires_once_when_it_is_due() {
    check(r#"{"dueTime":"10s"}"#, ".", &[10], true);
    check(r#"{"dueTime":"2027-01-31T08:00:00Z","repeats":1}"#, ".", &[-3600], true);
}

#[test]
fn a_schedule_ticks_from_now_or_from_the_due_time() {
    check(r#"{"schedule":"@every 1m"}"#, "...", &[60, 120, 180], false);
    check(r#"{"schedule":"@every 1m","dueTime":"5s"}"#, "...", &[5, 65, 125], false);
    check(r#"{"schedule":"@every 1m","repeats":2}"#, "..", &[60, 120], true);
    check(r#"{"schedule":"@every 1m","repeats":1}"#, ".", &[60], true);
}

#[test]
fn a_ttl_counts_from_the_due_time_and_includes_its_end() {
    check(r#"{"schedule":"@every 1m","ttl":"2m"}"#, "..", &[60, 120], true);
    check(r#"{"schedule":"@every 1m","dueTime":"30s","ttl":"1m"}"#, "..", &[30, 90], true);
}

#[test]
fn without_a_policy_a_tick_is_tried_four_times_a_second_apart() {
    check(r#"{"dueTime":"10s"}"#, "xxxx", &[10, 11, 12, 13], true);
    check(r#"{"dueTime":"10s"}"#, "xx.", &[10, 11, 12], true);
    check(r#"{"schedule":"@every 1m"}"#, "xxxx.", &[60, 61, 62, 63, 120], false);
}

#[test]
fn a_policy_decides_how_often_and_how_far_apart() {
    let with = |policy: &str| format!(r#"{{"dueTime":"10s","failurePolicy":{policy}}}"#);
    check(&with(r#"{"drop":{}}"#), "x", &[10], true);
    check(&with(r#"{"constant":{"interval":"5s","maxRetries":1}}"#), "xx", &[10, 15], true);
    check(&with(r#"{"constant":{"interval":"5s"}}"#), "xxxxx", &[10, 15, 20, 25, 30], false);
    check(&with(r#"{"constant":{}}"#), "xxx", &[10, 10, 10], false);
    check(&with(r#"{"constant":{"maxRetries":0}}"#), "x", &[10], true);
}

#[test]
fn failures_do_not_move_the_ticks_that_follow() {
    let body = r#"{"schedule":"@every 10s","failurePolicy":{"constant":{"interval":"4s"}}}"#;
    check(body, "xx..", &[10, 14, 18, 20], false);
}

#[test]
fn an_app_that_does_not_know_the_job_uses_it_up() {
    let job = plan(r#"{"dueTime":"10s"}"#);
    assert!(matches!(job.after(&JobAnswer::Unknown), Next::Over));
}

#[test]
fn a_time_that_never_comes_is_no_fault() {
    for body in [
        r#"{"schedule":"CRON_TZ=UTC 0 0 0 30 2 *"}"#,
        r#"{"schedule":"@every 1m","ttl":"30s"}"#,
        r#"{"schedule":"@every 1m","ttl":"2027-01-31T08:00:00Z"}"#,
    ] {
        let planned = Job::plan(stated(body), now()).expect(body);
        assert!(matches!(planned, Planned::Never), "{body}");
    }
}

#[test]
fn what_the_scheduler_refuses_says_why() {
    let refusal = |body| match Job::plan(stated(body), now()) {
        Ok(planned) => panic!("{body}: {planned:?}"),
        Err(error) => error.to_string(),
    };
    for (body, expected) in [
        (r#"{"schedule":"test"}"#, "expected exactly 6 fields, found 1: [test]"),
        (r#"{"dueTime":"soon"}"#, "due time format not recognized: \"soon\""),
        (r#"{"dueTime":"1s","repeats":2}"#, "job must have a schedule to repeat"),
        (r#"{"schedule":"@daily","repeats":0}"#, "defined repeats must be greater than 0"),
        (r#"{"dueTime":"1s","ttl":"1h"}"#, "job must have a schedule to have a ttl"),
        (r#"{"schedule":"@daily","ttl":"x"}"#, "ttl format not recognized: \"x\""),
        (
            r#"{"schedule":"@daily","dueTime":"1h","ttl":"2027-01-31T09:30:00Z"}"#,
            "ttl must be greater than due time",
        ),
    ] {
        assert_eq!(refusal(body), expected, "{body}");
    }
}

#[test]
fn names_may_hold_what_a_path_may() {
    let is_taken = |name: &str| {
        let mut job = stated(r#"{"dueTime":"1s"}"#);
        job.name = name.to_owned();
        Job::plan(job, now()).is_ok()
    };
    for name in ["r-1", "A.b:c|d@e_f", "a b", "über", "...", &"x".repeat(512)] {
        assert!(is_taken(name), "{name}");
    }
    for name in ["a/b", "a\\b", "a#b", "a?b", "a\nb", ".", "..", &"x".repeat(513)] {
        assert!(!is_taken(name), "{name}");
    }
}

#[test]
fn it_stays_what_was_stated_apart_from_the_policy_it_was_given() {
    let job = plan(r#"{"dueTime":"10s","data":{"a":1}}"#);
    let read = Job::from_stored(&job.to_stored()).expect("readable");
    assert_eq!(read.stated, job.stated);
    assert_eq!(read.stated.failure_policy, Some(DEFAULT_POLICY));
    assert_eq!(read.due_at(), job.due_at());
}
