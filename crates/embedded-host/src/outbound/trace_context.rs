//! W3C trace context: what came in goes on, with a span of its own for each outbound request.

use http::{HeaderMap, HeaderName, HeaderValue};

const TRACEPARENT: HeaderName = HeaderName::from_static("traceparent");
const TRACESTATE: HeaderName = HeaderName::from_static("tracestate");

/// The trace an inbound request belongs to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct TraceContext {
    trace_id: String,
    flags: String,
    state: Option<HeaderValue>,
}

impl TraceContext {
    /// Nothing for an absent or malformed header, which starts no trace.
    pub(crate) fn extract(headers: &HeaderMap) -> Option<Self> {
        let parent = headers.get(TRACEPARENT)?.to_str().ok()?;
        let mut fields = parent.split('-');
        let (version, trace_id) = (fields.next()?, fields.next()?);
        let (span_id, flags) = (fields.next()?, fields.next()?);
        let sized = version.len() == 2 && trace_id.len() == 32 && span_id.len() == 16;
        let hex = |text: &str| text.chars().all(|c| matches!(c, '0'..='9' | 'a'..='f'));
        let zero = |text: &str| text.chars().all(|c| c == '0');
        let fields_hold = [version, trace_id, span_id, flags].into_iter().all(hex);
        if !sized || flags.len() != 2 || !fields_hold || zero(trace_id) || zero(span_id) {
            return None;
        }
        Some(Self {
            trace_id: trace_id.to_owned(),
            flags: flags.to_owned(),
            state: headers.get(TRACESTATE).cloned(),
        })
    }

    /// A component that sets its own `traceparent` knows better, and keeps it.
    pub(crate) fn inject(&self, headers: &mut HeaderMap) {
        if headers.contains_key(TRACEPARENT) {
            return;
        }
        let span_id = rand::random::<u64>() | 1;
        let parent = format!("00-{}-{span_id:016x}-{}", self.trace_id, self.flags);
        if let Ok(parent) = HeaderValue::from_str(&parent) {
            headers.insert(TRACEPARENT, parent);
            if let Some(state) = &self.state {
                headers.insert(TRACESTATE, state.clone());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PARENT: &str = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

    fn headers(parent: &str) -> HeaderMap {
        HeaderMap::from_iter([(TRACEPARENT, HeaderValue::from_str(parent).unwrap())])
    }

    #[test]
    fn the_trace_goes_on_under_a_new_span() {
        let mut outbound = HeaderMap::new();
        TraceContext::extract(&headers(PARENT)).unwrap().inject(&mut outbound);
        let sent = outbound[TRACEPARENT].to_str().unwrap();
        assert!(sent.starts_with("00-0af7651916cd43dd8448eb211c80319c-"), "{sent}");
        assert!(sent.ends_with("-01"), "{sent}");
        assert_ne!(sent, PARENT);
        assert!(TraceContext::extract(&outbound).is_some());
    }

    #[test]
    fn a_components_own_parent_is_kept() {
        let own = "00-11111111111111111111111111111111-2222222222222222-00";
        let mut outbound = headers(own);
        TraceContext::extract(&headers(PARENT)).unwrap().inject(&mut outbound);
        assert_eq!(outbound[TRACEPARENT], own);
    }

    #[test]
    fn a_malformed_parent_is_no_trace() {
        for parent in ["", "00-0-0-0", &PARENT.replace('b', "g"), &PARENT.replace("0af7", "0AF7")] {
            assert_eq!(TraceContext::extract(&headers(parent)), None, "{parent}");
        }
    }
}
