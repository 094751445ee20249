//! Labels inside a line of text: `Buy stamps @errands`. Those at the end are taken off the title;
//! one in the middle of a sentence belongs to it, and is a tag all the same.

use task_domain::Tag;

/// What became of one word.
pub(crate) enum Word {
    Text,
    /// It is no part of the title.
    Taken,
    /// Nor is this one, and it names a tag.
    Label(Tag),
}

pub(crate) struct Labelled {
    pub(crate) title: String,
    pub(crate) tags: Vec<Tag>,
    /// There is no other text; then the labels are the title, too.
    is_labels_alone: bool,
}

/// Reads words from left to right; `special` may take those that mean something of their own.
pub(crate) fn read<'t>(
    text: &'t str,
    sigils: &[char],
    mut special: impl FnMut(&'t str) -> Word,
) -> Labelled {
    let mut title = String::new();
    let mut tags = Vec::new();
    // Where the title ends if nothing but labels follow.
    let mut end = 0;
    let mut rest = text;
    while !rest.is_empty() {
        let after_blanks = rest.trim_start();
        let blanks = &rest[..rest.len() - after_blanks.len()];
        let length = after_blanks.find(char::is_whitespace).unwrap_or(after_blanks.len());
        let (word, next) = after_blanks.split_at(length);
        rest = next;
        match special(word) {
            _ if word.is_empty() => continue,
            Word::Taken => continue,
            Word::Label(tag) => tags.push(tag),
            Word::Text => {
                if !title.is_empty() {
                    title.push_str(blanks);
                }
                title.push_str(word);
                match label(word, sigils) {
                    Some(tag) => tags.push(tag),
                    None => end = title.len(),
                }
            }
        }
    }
    let is_labels_alone = end == 0;
    if !is_labels_alone {
        title.truncate(end);
    }
    Labelled { title, tags, is_labels_alone }
}

/// The word for a tag, unless the tag cannot be one word.
pub(crate) fn word(tag: &Tag, sigils: &[char]) -> Option<String> {
    let own = tag.as_str().to_owned();
    let marked = format!("@{own}");
    let is_word = !own.contains(char::is_whitespace);
    [own, marked].into_iter().find(|word| is_word && label(word, sigils).as_ref() == Some(tag))
}

/// How many of the tags stand in the title already, the first ones, if it reads as itself with the
/// other tags behind it.
pub(crate) fn is_plain<'t>(
    title: &'t str,
    tags: &[Tag],
    sigils: &[char],
    special: impl FnMut(&'t str) -> Word,
) -> Option<usize> {
    let read = read(title, sigils, special);
    let would_grow = read.is_labels_alone && tags.len() > read.tags.len();
    let reads_as_itself = read.title == title && tags.starts_with(&read.tags) && !would_grow;
    reads_as_itself.then_some(read.tags.len())
}

/// `@home` is the tag `home`. A project keeps its sign, so that `+home` is another tag.
fn label(word: &str, sigils: &[char]) -> Option<Tag> {
    let sigil = word.chars().next().filter(|c| sigils.contains(c) && word.len() > 1)?;
    Tag::parse(if sigil == '@' { &word[1..] } else { word }).ok()
}
