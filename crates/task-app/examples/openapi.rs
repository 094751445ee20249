//! Prints the OpenAPI document.

#![expect(clippy::print_stdout, reason = "printing is what it is for")]

fn main() {
    print!("{}", task_app::openapi::document());
}
