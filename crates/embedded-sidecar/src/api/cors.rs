//! Which web pages may call the API: nobody's, unless origins are stated.
//!
//! A preflight is answered before the token is looked at, because a browser sends none with it.

use bytes::Bytes;
use http::header::{
    ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS, ACCESS_CONTROL_ALLOW_ORIGIN,
    ACCESS_CONTROL_REQUEST_HEADERS, ACCESS_CONTROL_REQUEST_METHOD, ORIGIN, VARY,
};
use http::{HeaderMap, HeaderValue, Method, Request, Response};

const ANY: &str = "*";
const METHODS: [Method; 7] = [
    Method::HEAD,
    Method::GET,
    Method::POST,
    Method::PUT,
    Method::PATCH,
    Method::DELETE,
    Method::OPTIONS,
];

/// The origins that are allowed.
#[derive(Clone, Debug)]
pub(crate) enum Cors {
    Any,
    /// Exact, or with one `*` for a part of it.
    Listed(Vec<String>),
}

impl Cors {
    /// From `--allowed-origins`; nothing stated is nothing allowed.
    pub(crate) fn read(stated: &str) -> Option<Self> {
        match stated {
            "" => None,
            ANY => Some(Self::Any),
            list => {
                let origins = list.split(',').map(|origin| origin.trim().to_ascii_lowercase());
                Some(Self::Listed(origins.collect()))
            }
        }
    }

    /// The answer to a preflight; any other request is none.
    pub(crate) fn preflight(&self, request: &Request<Bytes>) -> Option<Response<Bytes>> {
        let asked = request.headers();
        let method = asked.get(ACCESS_CONTROL_REQUEST_METHOD)?;
        if request.method() != Method::OPTIONS {
            return None;
        }
        let mut response = Response::new(Bytes::new());
        let headers = response.headers_mut();
        for varies in ["Origin", "Access-Control-Request-Method", "Access-Control-Request-Headers"]
        {
            headers.append(VARY, HeaderValue::from_static(varies));
        }
        let is_served = METHODS.iter().any(|it| it.as_str().as_bytes() == method.as_bytes());
        if let Some(origin) = self.allowed(asked).filter(|_| is_served) {
            headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, origin);
            headers.insert(ACCESS_CONTROL_ALLOW_METHODS, method.clone());
            if let Some(names) = asked.get(ACCESS_CONTROL_REQUEST_HEADERS) {
                headers.insert(ACCESS_CONTROL_ALLOW_HEADERS, names.clone());
            }
        }
        Some(response)
    }

    /// Tells the browser that the page may see the answer.
    pub(crate) fn admit(&self, asked: &HeaderMap, answered: &mut HeaderMap) {
        answered.append(VARY, HeaderValue::from_static("Origin"));
        if let Some(origin) = self.allowed(asked) {
            answered.insert(ACCESS_CONTROL_ALLOW_ORIGIN, origin);
        }
    }

    fn allowed(&self, asked: &HeaderMap) -> Option<HeaderValue> {
        let origin = asked.get(ORIGIN)?;
        match self {
            Self::Any => Some(HeaderValue::from_static(ANY)),
            Self::Listed(origins) => {
                let text = origin.to_str().ok()?.to_ascii_lowercase();
                origins.iter().any(|listed| covers(listed, &text)).then(|| origin.clone())
            }
        }
    }
}

fn covers(listed: &str, origin: &str) -> bool {
    match listed.split_once('*') {
        None => listed == origin,
        Some((start, end)) => {
            origin.len() >= start.len() + end.len()
                && origin.starts_with(start)
                && origin.ends_with(end)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_origin_is_meant_exactly_or_with_one_star() {
        assert!(covers("https://a.example", "https://a.example"));
        assert!(!covers("https://a.example", "https://a.example.org"));
        assert!(covers("https://*.example", "https://a.example"));
        assert!(!covers("https://*.example", "https://a.example.org"));
        assert!(!covers("ab*ba", "aba"), "the ends do not overlap");
    }
}
