//! Conversation: messages to a language model, and what it says.
//!
//! Owns the call and its messages on both sides. It must not know a model.

mod answer;
mod refusals;
mod request;

pub use answer::{Choice, ConversationAnswer, Output, Reply, Usage};
pub use refusals::ConversationRefusal;
pub use request::{
    CalledFunction, Content, Conversation, Input, Message, Tool, ToolCall, ToolFunction,
};
