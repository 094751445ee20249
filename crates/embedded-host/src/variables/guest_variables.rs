//! `fermyon:spin/variables@2.0.0`: what a component is told of its own variables.

use crate::guest::GuestState;
use crate::guest::bindings::fermyon::spin::variables::{Error, Host};

impl Host for GuestState {
    async fn get(&mut self, name: String) -> wasmtime::Result<Result<String, Error>> {
        let well_formed = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
        if name.is_empty() || !name.chars().all(well_formed) {
            return Ok(Err(Error::InvalidName(name)));
        }
        let value = self.component.variables.get(&name).cloned();
        Ok(value.ok_or_else(|| Error::Undefined(format!("no variable {name:?} in this component"))))
    }
}
