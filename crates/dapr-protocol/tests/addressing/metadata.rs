//! Metadata in a query string.

use dapr_protocol::RequestMetadata;
use dapr_protocol::metadata::MetadataError;

fn check(query: &str, expected: &[(&str, &str)]) {
    let metadata = RequestMetadata::from_query(Some(query));
    assert_eq!(metadata.iter().collect::<Vec<_>>(), expected, "{query}");
}

#[test]
fn only_prefixed_parameters_count_and_the_first_of_a_key_wins() {
    check("metadata.a=1&metadata.a=2&b=3&Metadata.c=4", &[("a", "1")]);
    check("metadata.a", &[("a", "")]);
    check("", &[]);
}

#[test]
fn keys_and_values_unescape_and_what_does_not_is_ignored() {
    check("metadata.a%20b=1+%2B+2", &[("a b", "1 + 2")]);
    check("metadata.a=%zz&metadata.b=1", &[("b", "1")]);
}

#[test]
fn a_key_orders_under_both_its_names() {
    let key = |query| {
        let metadata = RequestMetadata::from_query(Some(query));
        metadata.partition_key().map(str::to_owned)
    };
    assert_eq!(key("metadata.partitionKey=a&metadata.__key=b"), Some("a".to_owned()));
    assert_eq!(key("metadata.__key=b"), Some("b".to_owned()));
    assert_eq!(key("metadata.partitionkey=a"), None);
}

#[test]
fn raw_payload_is_a_go_boolean() {
    let raw = |value: &str| RequestMetadata::default().with("rawPayload", value).is_raw_payload();
    assert_eq!(raw("true"), Ok(true));
    assert_eq!(raw("T"), Ok(true));
    assert_eq!(raw("0"), Ok(false));
    assert_eq!(raw("yes"), Err(MetadataError::RawPayload { value: "yes".to_owned() }));
    assert_eq!(RequestMetadata::default().is_raw_payload(), Ok(false));
}
