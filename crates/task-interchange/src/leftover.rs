//! What a file says of a task and a task has no place for: it is told in the description, one line
//! each, so that nothing is lost.

pub(crate) fn describe(description: &str, leftovers: Vec<String>) -> String {
    if leftovers.is_empty() {
        return description.to_owned();
    }
    let description = description.trim_end();
    let separator = if description.is_empty() { "" } else { "\n\n" };
    format!("{description}{separator}{}", leftovers.join("\n"))
}
