//! What a model says. Whole numbers are strings on the wire, and a zero is left out.

use bytes::Bytes;
use http::{Response, StatusCode};
use serde::{Deserialize, Serialize};

use super::request::ToolCall;
use crate::error_body::json_response;

/// The answer to a conversation.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ConversationAnswer {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub context_id: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub outputs: Vec<Output>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Output {
    pub choices: Vec<Choice>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub model: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub usage: Option<Usage>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Choice {
    /// `stop`, `tool_calls`, `length` or `content_filter`.
    pub finish_reason: String,
    pub message: Reply,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Reply {
    #[serde(skip_serializing_if = "String::is_empty")]
    pub content: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub tool_calls: Vec<ToolCall>,
}

/// Tokens, as a model counts them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Usage {
    #[serde(skip_serializing_if = "String::is_empty")]
    pub prompt_tokens: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub completion_tokens: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub total_tokens: String,
}

impl ConversationAnswer {
    pub fn to_http(&self) -> Response<Bytes> {
        json_response(StatusCode::OK, self)
    }

    /// The answer in a response; `None` for a refusal.
    pub fn read(response: &Response<Bytes>) -> Option<Self> {
        if response.status() != StatusCode::OK {
            return None;
        }
        serde_json::from_slice(response.body()).ok()
    }
}

impl Usage {
    pub fn of(prompt: usize, completion: usize) -> Self {
        let spelt = |count: usize| if count == 0 { String::new() } else { count.to_string() };
        Self {
            prompt_tokens: spelt(prompt),
            completion_tokens: spelt(completion),
            total_tokens: spelt(prompt + completion),
        }
    }
}
