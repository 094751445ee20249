//! What a model is asked. Field names are those of the wire, in both spellings protobuf's JSON
//! takes.

use bytes::Bytes;
use http::{Method, Request};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::refusals::ConversationRefusal;
use crate::endpoint::{DaprEndpoint, RequestError};
use crate::error_body::read_object;
use crate::headers::JSON;
use crate::path;

/// `POST /v1.0-alpha2/conversation/{name}/converse`, the body.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Conversation {
    #[serde(alias = "context_id", skip_serializing_if = "Option::is_none")]
    pub context_id: Option<String>,
    pub inputs: Vec<Input>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub temperature: Option<f64>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub tools: Vec<Tool>,
    /// `auto`, `none`, `required`, or the name of a tool.
    #[serde(alias = "tool_choice", skip_serializing_if = "String::is_empty")]
    pub tool_choice: String,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Input {
    pub messages: Vec<Message>,
}

/// One message, by who says it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Message {
    #[serde(alias = "of_system")]
    OfSystem { content: Vec<Content> },
    #[serde(alias = "of_developer")]
    OfDeveloper { content: Vec<Content> },
    #[serde(alias = "of_user")]
    OfUser {
        #[serde(default)]
        content: Vec<Content>,
    },
    #[serde(alias = "of_assistant", rename_all = "camelCase")]
    OfAssistant {
        #[serde(default)]
        content: Vec<Content>,
        #[serde(default, alias = "tool_calls", skip_serializing_if = "Vec::is_empty")]
        tool_calls: Vec<ToolCall>,
    },
    #[serde(alias = "of_tool", rename_all = "camelCase")]
    OfTool {
        #[serde(default, alias = "tool_id")]
        tool_id: String,
        #[serde(default)]
        name: String,
        #[serde(default)]
        content: Vec<Content>,
    },
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Content {
    pub text: String,
}

/// What a model wants to have called.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ToolCall {
    #[serde(skip_serializing_if = "String::is_empty")]
    pub id: String,
    pub function: CalledFunction,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct CalledFunction {
    #[serde(skip_serializing_if = "String::is_empty")]
    pub name: String,
    /// JSON text, as far as the model keeps to that.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub arguments: String,
}

/// What a model may want to have called.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Tool {
    pub function: ToolFunction,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct ToolFunction {
    pub name: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub description: String,
    /// A JSON Schema.
    #[serde(skip_serializing_if = "Value::is_null")]
    pub parameters: Value,
}

const BAD_CHOICE: &str = "tool choice must be 'auto', 'none', 'required', or a specific tool name \
                          matching the tools available to be used";
const UNKNOWN_CHOICE: &str = "tool choice selected was not found. Must be 'auto', 'none', \
                              'required', or a specific tool name matching the tools available to \
                              be used";

impl Conversation {
    pub fn to_http(
        &self,
        dapr: &DaprEndpoint,
        component: &str,
    ) -> Result<Request<Bytes>, RequestError> {
        let path = format!("/v1.0-alpha2/conversation/{}/converse", path::segment(component));
        // Strings, numbers and JSON values always serialise.
        let body = serde_json::to_vec(self).unwrap_or_default();
        dapr.with_body(Method::POST, &path, JSON, body.into())
    }

    /// The request in a body, checked as the sidecar checks it before it asks a model. An empty
    /// body is an empty request.
    pub fn read(component: &str, body: &[u8]) -> Result<Self, ConversationRefusal> {
        let component = component.to_owned();
        let read = if body.is_empty() {
            Self::default()
        } else {
            read_object(body)
                .map_err(|error| ConversationRefusal::Malformed { error: error.to_string() })?
        };
        if read.inputs.is_empty() {
            return Err(ConversationRefusal::NoInputs { component });
        }
        match read.bad_choice() {
            Some(error) => Err(ConversationRefusal::Parameters { component, error }),
            None => Ok(read),
        }
    }

    fn bad_choice(&self) -> Option<String> {
        let is_offered = |name: &str| self.tools.iter().any(|tool| tool.function.name == name);
        match self.tool_choice.as_str() {
            "" | "auto" | "none" => None,
            "required" => self.tools.is_empty().then(|| BAD_CHOICE.to_owned()),
            // A choice among nothing is not looked at.
            _ if self.tools.is_empty() => None,
            name => (!is_offered(name)).then(|| UNKNOWN_CHOICE.to_owned()),
        }
    }
}
