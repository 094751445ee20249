//! The text a task is found and sorted by. Lower-casing happens here, because engines disagree on
//! it beyond ASCII.

use task_domain::Task;

/// Cannot occur in folded text, so nobody's search reaches across fields.
const FIELD_END: char = '\u{1e}';
const TAG_EDGE: char = '\u{1f}';

/// Lower-cases each character by itself: a rule that looks at neighbours, as for the Greek final
/// sigma, would fold a part of a word otherwise than the word.
pub(crate) fn fold(text: &str) -> String {
    text.chars()
        .map(|it| if it.is_control() { ' ' } else { it })
        .flat_map(char::to_lowercase)
        .collect()
}

pub(crate) fn of_task(task: &Task) -> String {
    let mut text = fold(task.title.as_str());
    text.push(FIELD_END);
    text.push_str(&fold(task.description.as_str()));
    text.push(FIELD_END);
    for tag in &task.tags {
        text.push_str(&of_tag(tag.as_str()));
    }
    text
}

/// A tag between its edges: contained in a task's text exactly when the task has this tag.
pub(crate) fn of_tag(tag: &str) -> String {
    format!("{TAG_EDGE}{}{TAG_EDGE}", fold(tag))
}
