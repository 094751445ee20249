//! Any text as one word: blanks, controls and the escape sign itself as `%20`. Letters of every
//! script stay as they are.

use percent_encoding::{NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};

pub(crate) fn word(text: &str) -> String {
    word_without(text, &[])
}

/// As `word`, with more characters that must not occur.
pub(crate) fn word_without(text: &str, more: &[char]) -> String {
    let mut out = String::with_capacity(text.len());
    let mut utf8 = [0; 4];
    for c in text.chars() {
        if c == '%' || c.is_whitespace() || c.is_control() || more.contains(&c) {
            out.extend(utf8_percent_encode(c.encode_utf8(&mut utf8), NON_ALPHANUMERIC));
        } else {
            out.push(c);
        }
    }
    out
}

/// `None` when the escapes are not those of a text.
pub(crate) fn text(word: &str) -> Option<String> {
    percent_decode_str(word).decode_utf8().ok().map(|text| text.into_owned())
}
