//! The specification's example, rotation, and what receivers answer.

use std::time::Duration as Wait;

use chrono::Duration;

use super::*;
use crate::target::Reach;

/// The secret, message and signature that implementations of the specification are tried with.
const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
const MESSAGE_ID: &str = "msg_p5jXN8AQM9LWM0D4loKWxJek";
const SIGNED_AT_S: i64 = 1_614_265_330;
const BODY: &str = r#"{"test": 2432232314}"#;
const SIGNED: &str = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";

fn now() -> DateTime<Utc> {
    DateTime::from_timestamp(SIGNED_AT_S, 0).unwrap()
}

fn secret(byte: u8) -> Secret {
    Secret::generate(|bytes| bytes.fill(byte))
}

fn send(
    data: &str,
    secrets: &SecretSet,
    at: DateTime<Utc>,
) -> Result<Request<Bytes>, WebhookFault> {
    let target = Target::parse("https://hooks.example.com/in?k=1", Reach::Public).unwrap();
    let message = WebhookMessage {
        id: MESSAGE_ID,
        event_type: "reminder.due",
        timestamp: "2021-02-25T15:02:10Z",
        data,
    };
    message.to_http(&target, secrets, at)
}

fn signatures(secrets: &SecretSet, at: DateTime<Utc>) -> Vec<String> {
    let request = send("{}", secrets, at).unwrap();
    let header = request.headers()[SIGNATURE].to_str().unwrap();
    header.split(' ').map(str::to_owned).collect()
}

#[test]
fn the_example_of_the_specification_is_signed_alike() {
    let secret = Secret::parse(SECRET).unwrap();
    assert_eq!(secret.sign(MESSAGE_ID, SIGNED_AT_S, BODY), SIGNED);
    assert_eq!(secret.reveal(), SECRET);
}

#[test]
fn the_request_carries_what_a_receiver_checks() {
    let secrets = SecretSet::new(Secret::parse(SECRET).unwrap());
    let request = send(r#"{"task_id": 3}"#, &secrets, now()).unwrap();
    let body = std::str::from_utf8(request.body()).unwrap();
    expect_test::expect![[
        r#"{"type":"reminder.due","timestamp":"2021-02-25T15:02:10Z","data":{"task_id": 3}}"#
    ]]
    .assert_eq(body);
    assert_eq!(request.uri(), "https://hooks.example.com/in?k=1");
    let header = |name: &str| request.headers()[name].to_str().unwrap().to_owned();
    assert_eq!(header("webhook-id"), MESSAGE_ID);
    assert_eq!(header("webhook-timestamp"), SIGNED_AT_S.to_string());
    assert_eq!(header("content-type"), "application/json");
    let expected = Secret::parse(SECRET).unwrap().sign(MESSAGE_ID, SIGNED_AT_S, body);
    assert_eq!(header("webhook-signature"), expected);
}

#[test]
fn a_rotated_secret_signs_for_another_day() {
    let secrets = SecretSet::new(secret(1)).rotated(secret(2), now());
    assert_eq!(secrets.newest(), Some(&secret(2)));
    let both = signatures(&secrets, now() + Duration::hours(23));
    let single = signatures(&secrets, now() + Duration::hours(24));
    assert_eq!(both.len(), 2);
    assert_eq!(single, signatures(&SecretSet::new(secret(2)), now() + Duration::hours(24)));

    // A second rotation does not give the first secret another day.
    let twice = secrets.rotated(secret(3), now() + Duration::hours(20));
    assert_eq!(signatures(&twice, now() + Duration::hours(23)).len(), 3);
    assert_eq!(signatures(&twice, now() + Duration::hours(25)).len(), 2);

    let many = (4..20).fold(twice, |secrets, byte| secrets.rotated(secret(byte), now()));
    assert_eq!(signatures(&many, now()).len(), 5);
}

#[test]
fn secrets_outlive_being_stored_and_are_never_logged() {
    let secrets = SecretSet::new(secret(1)).rotated(secret(2), now());
    let stored = serde_json::to_string(&secrets).unwrap();
    assert_eq!(serde_json::from_str::<SecretSet>(&stored).unwrap(), secrets);
    assert!(!format!("{secrets:?}").contains("whsec"), "{secrets:?}");
    let hint = secret(1).hint();
    assert!(hint.chars().count() < 16 && secret(1).reveal().contains(&hint[hint.len() - 4..]));
}

#[test]
fn what_is_no_secret_is_refused() {
    let of = |bytes: usize| format!("whsec_{}", "A".repeat(bytes / 3 * 4));
    for wrong in ["", "whsec_", "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "whsec_***", &of(21), &of(66)] {
        assert_eq!(Secret::parse(wrong), Err(SecretFault), "{wrong}");
    }
    assert!(Secret::parse(&of(24)).is_ok() && Secret::parse(&of(63)).is_ok());
}

#[test]
fn a_body_is_below_twenty_kilobytes_and_never_unsigned() {
    let secrets = SecretSet::new(secret(1));
    let data = |bytes: usize| format!("\"{}\"", "x".repeat(bytes));
    let around = send("\"\"", &secrets, now()).unwrap().body().len();
    assert!(send(&data(BODY_BYTES_MAX - around), &secrets, now()).is_ok());
    let fault = send(&data(BODY_BYTES_MAX - around + 1), &secrets, now()).unwrap_err();
    assert_eq!(fault, WebhookFault::TooLarge);
    assert_eq!(send("{", &secrets, now()).unwrap_err(), WebhookFault::NotJson);
    let none = SecretSet::default();
    assert_eq!(send("{}", &none, now()).unwrap_err(), WebhookFault::NoSecret);
}

#[test]
fn only_2xx_is_a_success_and_only_410_is_final() {
    let verdict = |status: u16| {
        let mut headers = HeaderMap::new();
        headers.insert(header::RETRY_AFTER, HeaderValue::from(90));
        verdict(StatusCode::from_u16(status).unwrap(), &headers, now())
    };
    for status in [200, 202, 204] {
        assert_eq!(verdict(status), Verdict::Delivered);
    }
    assert!(matches!(verdict(410), Verdict::Gone { .. }));
    for status in [301, 302, 307, 400, 401, 404, 413, 429, 500, 503] {
        let asked = Some(Wait::from_secs(90));
        assert!(
            matches!(verdict(status), Verdict::Retry { after, .. } if after == asked),
            "{status}"
        );
    }
}
