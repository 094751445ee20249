//! The `spin-*` request headers: what Spin tells a component about the match.
//!
//! They are appended after whatever the client sent under the same name, exactly as Spin does;
//! a component that trusts the first value would be fooled here as it would be there.

use std::net::SocketAddr;

use http::header::HOST;
use http::{HeaderMap, HeaderName, HeaderValue, Uri};

use super::RouteMatch;

#[derive(Debug, thiserror::Error)]
pub(crate) enum HeaderFault {
    #[error("the request header {name} is not UTF-8")]
    NotUtf8 { name: HeaderName },
    #[error("the header {name} cannot carry what the path holds")]
    Unprintable { name: String },
}

/// Appends the headers for `matched`. `uri` is the request's, with scheme and authority.
pub(crate) fn append(
    headers: &mut HeaderMap,
    uri: &Uri,
    matched: &RouteMatch,
    client: SocketAddr,
) -> Result<(), HeaderFault> {
    for (name, value) in headers.iter() {
        if std::str::from_utf8(value.as_bytes()).is_err() {
            return Err(HeaderFault::NotUtf8 { name: name.clone() });
        }
    }
    let host = headers.get(HOST).and_then(|host| host.to_str().ok()).unwrap_or("localhost");
    let scheme = uri.scheme_str().unwrap_or("http");
    let path_and_query = uri.path_and_query().map_or("/", |path| path.as_str());
    let full_url = format!("{scheme}://{host}{path_and_query}");
    let route = &matched.route;
    let client = client.to_string();
    let fixed = [
        ("spin-path-info", matched.path_info.as_str()),
        ("spin-full-url", &full_url),
        ("spin-matched-route", &route.based),
        ("spin-base-path", "/"),
        ("spin-raw-component-route", &route.pattern),
        ("spin-component-route", route.pattern_prefix()),
        ("spin-client-addr", &client),
    ];
    for (name, value) in fixed {
        append_one(headers, name, value)?;
    }
    for (parameter, value) in &matched.parameters {
        append_one(headers, &format!("spin-path-match-{}", parameter.to_lowercase()), value)?;
    }
    Ok(())
}

fn append_one(headers: &mut HeaderMap, name: &str, value: &str) -> Result<(), HeaderFault> {
    let unprintable = || HeaderFault::Unprintable { name: name.to_owned() };
    let parsed: HeaderName = name.parse().map_err(|_| unprintable())?;
    let value = HeaderValue::from_bytes(value.as_bytes()).map_err(|_| unprintable())?;
    headers.append(parsed, value);
    Ok(())
}
