//! The text a task is found and sorted by. Folding happens here, because engines disagree on it
//! beyond ASCII.

use task_domain::Task;
use task_domain::text::Tag;
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// Cannot occur in folded text, so nobody's search reaches across fields.
const FIELD_END: char = '\u{1e}';
const TAG_EDGE: char = '\u{1f}';

/// Lower-cases, takes accents and vowel marks away, and writes the letters that Arabic and Urdu
/// keyboards have in common as one. Each character is folded by itself: a rule that looks at
/// neighbours, as for the Greek final sigma, would fold a part of a word otherwise than the word.
pub(crate) fn fold(text: &str) -> String {
    text.chars()
        .map(|it| if it.is_control() { ' ' } else { it })
        .nfkd()
        .filter(|it| !is_combining_mark(*it) && !is_invisible(*it))
        .flat_map(char::to_lowercase)
        .map(shared_letter)
        .collect()
}

pub(crate) fn of_task(task: &Task) -> String {
    let tags = task.tags.iter().map(Tag::as_str);
    of_fields(task.title.as_str(), task.description.as_str(), tags)
}

pub(crate) fn of_fields<'t>(
    title: &str,
    description: &str,
    tags: impl Iterator<Item = &'t str>,
) -> String {
    let mut text = fold(title);
    text.push(FIELD_END);
    text.push_str(&fold(description));
    text.push(FIELD_END);
    for tag in tags {
        text.push_str(&of_tag(tag));
    }
    text
}

/// A tag between its edges: contained in a task's text exactly when the task has this tag.
pub(crate) fn of_tag(tag: &str) -> String {
    format!("{TAG_EDGE}{}{TAG_EDGE}", fold(tag))
}

/// What only guides the eye: stretching, joining, hyphenation and the direction of writing.
fn is_invisible(character: char) -> bool {
    matches!(
        character,
        '\u{ad}' | '\u{61c}' | '\u{640}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
            | '\u{2066}'..='\u{2069}' | '\u{feff}'
    )
}

/// One letter or digit for all that read the same.
fn shared_letter(character: char) -> char {
    match character {
        'ي' | 'ى' => 'ی',
        'ك' | 'ڪ' => 'ک',
        'ه' | 'ة' | 'ۃ' | 'ە' => 'ہ',
        'ٱ' => 'ا',
        'ς' => 'σ',
        '٠'..='٩' => ascii_digit(character, '٠'),
        '۰'..='۹' => ascii_digit(character, '۰'),
        other => other,
    }
}

fn ascii_digit(digit: char, zero: char) -> char {
    char::from_digit(u32::from(digit) - u32::from(zero), 10).unwrap_or(digit)
}
