//! `conversation.echo`: says what it was told, so that what talks to a model can be tried without
//! one.
//!
//! Owns the only component of its kind that is served here. It must not reach out to any model.

use std::collections::BTreeSet;

use bytes::Bytes;
use dapr_protocol::conversation::{
    CalledFunction, Choice, Content, Conversation, ConversationAnswer, ConversationRefusal,
    Message, Output, Reply, Tool, ToolCall, Usage,
};
use http::Response;

/// The echoes of a sidecar, by name.
pub(crate) struct Conversations {
    pub(crate) components: BTreeSet<String>,
    pub(crate) max_body_bytes: usize,
}

impl Conversations {
    /// `POST /v1.0-alpha2/conversation/{name}/converse`.
    pub(crate) fn converse(&self, component: &str, body: &Bytes) -> Response<Bytes> {
        match self.answer(component, body) {
            Ok(answer) => answer.to_http(),
            Err(refusal) => refusal.to_http(),
        }
    }

    fn answer(
        &self,
        component: &str,
        body: &Bytes,
    ) -> Result<ConversationAnswer, ConversationRefusal> {
        if body.len() > self.max_body_bytes {
            return Err(ConversationRefusal::BodyTooLarge);
        }
        if !self.components.contains(component) {
            // A body that cannot be read is said to be so before the name is looked up.
            let read = Conversation::read(component, body);
            if let Err(malformed @ ConversationRefusal::Malformed { .. }) = read {
                return Err(malformed);
            }
            return Err(ConversationRefusal::NotFound { component: component.to_owned() });
        }
        Ok(echo(&Conversation::read(component, body)?))
    }
}

/// All texts, one to a line; and with tools, one call of each.
fn echo(conversation: &Conversation) -> ConversationAnswer {
    let mut texts = Vec::new();
    let mut calls: Vec<ToolCall> =
        conversation.tools.iter().enumerate().map(|(index, tool)| call_of(index, tool)).collect();
    for message in conversation.inputs.iter().flat_map(|input| &input.messages) {
        let told = |content: &[Content]| content.iter().map(|it| it.text.clone()).collect();
        let more: Vec<String> = match message {
            Message::OfSystem { content }
            | Message::OfDeveloper { content }
            | Message::OfUser { content } => told(content),
            Message::OfAssistant { content, tool_calls } => {
                calls.extend(tool_calls.iter().cloned());
                told(content)
            }
            Message::OfTool { tool_id, name, content } => content
                .iter()
                .map(|it| {
                    let text = &it.text;
                    format!("Tool Response for tool ID '{tool_id}' with name '{name}': {text}")
                })
                .collect(),
        };
        texts.extend(more);
    }
    let content = texts.join("\n");
    let finish_reason = if calls.is_empty() { "stop" } else { "tool_calls" };
    let words = content.split_whitespace().count();
    let message = Reply { content, tool_calls: calls };
    let choices = vec![Choice { finish_reason: finish_reason.to_owned(), message }];
    let usage = Some(Usage::of(words, words));
    ConversationAnswer {
        context_id: conversation.context_id.clone().filter(|id| !id.is_empty()),
        outputs: vec![Output { choices, model: None, usage }],
    }
}

/// Arguments are the names of the tool's parameters, in their order.
fn call_of(index: usize, tool: &Tool) -> ToolCall {
    let properties = tool.function.parameters.get("properties").and_then(|it| it.as_object());
    let names: BTreeSet<&str> =
        properties.into_iter().flat_map(|it| it.keys().map(String::as_str)).collect();
    let arguments = names.into_iter().collect::<Vec<_>>().join(",");
    ToolCall {
        id: index.to_string(),
        function: CalledFunction { name: tool.function.name.clone(), arguments },
    }
}
