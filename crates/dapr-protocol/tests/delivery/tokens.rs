//! Telling whether a caller knows a token.

use dapr_protocol::headers::{API_TOKEN, carries_token};
use http::{HeaderMap, HeaderValue};

#[test]
fn a_token_is_whole_and_equal_or_none() {
    let carries = |sent: Option<&'static str>| {
        let mut headers = HeaderMap::new();
        if let Some(sent) = sent {
            headers.insert(API_TOKEN, HeaderValue::from_static(sent));
        }
        carries_token(&headers, "secret")
    };
    assert!(carries(Some("secret")));
    for wrong in [None, Some(""), Some("secre"), Some("secret2"), Some("Secret")] {
        assert!(!carries(wrong), "{wrong:?}");
    }
}
