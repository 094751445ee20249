//! JSON: tasks as the API answers with them, in an array of their own or in the member `tasks`.

mod elements;
mod read;
mod shape;
mod write;

pub(crate) use read::JsonReader;
pub(crate) use write::{begin, end, write};
