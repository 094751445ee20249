//! What the app answered, and the ways a test reads it.

use http::HeaderMap;
use serde_json::Value;

/// A whole response, with the request that it answers for the failure message.
#[derive(Clone, Debug)]
pub struct Answer {
    pub request: String,
    pub status: u16,
    pub headers: HeaderMap,
    pub body: Vec<u8>,
}

impl Answer {
    /// Fails unless the status is this one.
    #[track_caller]
    pub fn expect(self, status: u16) -> Self {
        assert_eq!(self.status, status, "{} answered: {}", self.request, self.text());
        self
    }

    #[track_caller]
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body)
            .unwrap_or_else(|_| panic!("{} answered no JSON: {:?}", self.request, self.text()))
    }

    /// A problem document: its shape is checked, and the fields it names are returned.
    #[track_caller]
    pub fn problem_fields(&self) -> Vec<String> {
        let shown = format!("{} answered {}: {}", self.request, self.status, self.text());
        assert_eq!(self.header("content-type"), Some("application/problem+json"), "{shown}");
        let problem = self.json();
        for member in ["type", "title", "detail"] {
            assert!(problem[member].is_string(), "no {member}: {shown}");
        }
        assert_eq!(problem["status"], self.status, "{shown}");
        let errors = problem["errors"].as_array().cloned().unwrap_or_default();
        errors.iter().filter_map(|error| error["field"].as_str().map(str::to_owned)).collect()
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    pub fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }
}
