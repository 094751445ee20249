//! Where an answer leads on to, by the rules of Go's client. Pure.

use bytes::Bytes;
use http::header::{AUTHORIZATION, CONTENT_LENGTH, CONTENT_TYPE, COOKIE, LOCATION};
use http::{HeaderName, Method, Response, StatusCode};

use super::Outgoing;

/// The request to send instead; `None` when the answer is one.
pub(super) fn next(
    sent: &Outgoing,
    answer: &Response<Bytes>,
    token: Option<&HeaderName>,
) -> Result<Option<Outgoing>, String> {
    let keeps_the_request = match answer.status() {
        StatusCode::MOVED_PERMANENTLY | StatusCode::FOUND | StatusCode::SEE_OTHER => false,
        StatusCode::TEMPORARY_REDIRECT | StatusCode::PERMANENT_REDIRECT => true,
        _ => return Ok(None),
    };
    let Some(location) = answer.headers().get(LOCATION) else { return Ok(None) };
    let unusable = || format!("the server redirects to {location:?}");
    let url = location.to_str().ok().and_then(|to| sent.url.join(to).ok()).ok_or_else(unusable)?;
    if !matches!(url.scheme(), "http" | "https") {
        return Err(unusable());
    }
    let mut next = Outgoing { url, ..sent.clone() };
    if !keeps_the_request {
        if next.method != Method::HEAD {
            next.method = Method::GET;
        }
        next.body = Bytes::new();
        next.headers.remove(CONTENT_TYPE);
        next.headers.remove(CONTENT_LENGTH);
    }
    // What proves who we are is for the server that was meant.
    if next.url.origin() != sent.url.origin() {
        for name in [&AUTHORIZATION, &COOKIE].into_iter().chain(token) {
            next.headers.remove(name);
        }
    }
    Ok(Some(next))
}

#[cfg(test)]
mod tests {
    use http::HeaderMap;

    use super::*;

    fn sent(method: Method) -> Outgoing {
        let url = url::Url::parse("https://a.example/in?x=1").expect("a URL");
        let mut headers = HeaderMap::new();
        for name in ["authorization", "x-token", "content-type", "x-kept"] {
            headers.insert(HeaderName::from_static(name), "v".parse().expect("a value"));
        }
        Outgoing { method, url, headers, body: Bytes::from_static(b"1") }
    }

    fn check(method: Method, status: u16, location: &str, expected: &str) {
        let answer = Response::builder().status(status).header("location", location);
        let answer = answer.body(Bytes::new()).expect("an answer");
        let token = HeaderName::from_static("x-token");
        let seen = match next(&sent(method), &answer, Some(&token)) {
            Ok(None) => "an answer".to_owned(),
            Ok(Some(next)) => {
                let mut names: Vec<_> = next.headers.keys().map(HeaderName::as_str).collect();
                names.sort_unstable();
                let body = next.body.len();
                format!("{} {} {body} {}", next.method, next.url, names.join(","))
            }
            Err(reason) => reason,
        };
        assert_eq!(seen, expected);
    }

    #[test]
    fn most_redirects_are_read_and_only_two_kinds_are_sent_again() {
        let read = "GET https://a.example/b 0 authorization,x-kept,x-token";
        check(Method::POST, 302, "/b", read);
        check(Method::POST, 303, "https://a.example/b", read);
        let again = "POST https://a.example/b 1 authorization,content-type,x-kept,x-token";
        check(Method::POST, 307, "/b", again);
        check(Method::HEAD, 301, "/b", "HEAD https://a.example/b 0 authorization,x-kept,x-token");
    }

    #[test]
    fn another_server_gets_no_secrets() {
        check(
            Method::GET,
            308,
            "https://b.example/",
            "GET https://b.example/ 1 content-type,x-kept",
        );
        check(Method::GET, 302, "http://a.example/", "GET http://a.example/ 0 x-kept");
    }

    #[test]
    fn other_answers_are_answers_and_other_schemes_are_refused() {
        check(Method::GET, 200, "/b", "an answer");
        check(Method::GET, 304, "/b", "an answer");
        check(Method::GET, 302, "file:///etc/x", "the server redirects to \"file:///etc/x\"");
    }
}
