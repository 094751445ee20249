//! Email: the address, subject and HTML that a mail binding is given.
//!
//! The text of a task comes from people, and in a header or in HTML it could be more than text.
//! Addresses are single ones: bindings split lists by themselves.

mod address;
#[cfg(test)]
mod tests;

pub use address::{ADDRESS_CHARS_MAX, Address, AddressFault};

use std::fmt::Write;

/// Longer ones are cut by mail programs anyway, and a header line may have 998 bytes.
const SUBJECT_CHARS_MAX: usize = 200;

/// What an email says, before it is escaped.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct EmailContent<'m> {
    pub subject: &'m str,
    pub heading: &'m str,
    /// Each is a paragraph of its own; line ends inside are kept.
    pub paragraphs: &'m [String],
    /// Where a button leads, and what stands on it.
    pub link: Option<(&'m str, &'m str)>,
    pub footer: &'m str,
}

/// An email as a binding takes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Email {
    pub from: Address,
    pub to: Address,
    /// One line.
    pub subject: String,
    pub html: String,
}

impl Email {
    pub fn new(from: Address, to: Address, content: &EmailContent<'_>) -> Email {
        Email { from, to, subject: subject(content.subject), html: html(content) }
    }

    /// The request metadata of the binding: all of it every time. A binding that keeps what one
    /// request set would give the next one a wrong recipient where a field is missing; and what is
    /// never set, such as copies to others, it cannot keep.
    pub fn metadata(&self) -> [(&'static str, String); 3] {
        [
            ("emailFrom", self.from.as_str().to_owned()),
            ("emailTo", self.to.as_str().to_owned()),
            ("subject", self.subject.clone()),
        ]
    }
}

/// On one line, without anything that could end it.
fn subject(text: &str) -> String {
    let line = text.split(|c: char| c.is_control() || c.is_whitespace() || is_invisible(c));
    let words: Vec<&str> = line.filter(|word| !word.is_empty()).collect();
    words.join(" ").chars().take(SUBJECT_CHARS_MAX).collect()
}

/// Line and paragraph separators, and what turns the direction of text around.
fn is_invisible(c: char) -> bool {
    matches!(c, '\u{2028}' | '\u{2029}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

fn html(content: &EmailContent<'_>) -> String {
    let mut html = String::from(HEAD);
    let _ = write!(html, "<h1 dir=\"auto\" {H1}>{}</h1>", escape(content.heading));
    for paragraph in content.paragraphs {
        let text = escape(paragraph).replace('\n', "<br>");
        let _ = write!(html, "<p dir=\"auto\" {P}>{text}</p>");
    }
    if let Some((url, label)) = content.link {
        let _ = write!(html, "<p><a href=\"{}\" {A}>{}</a></p>", escape(url), escape(label));
    }
    let _ = write!(html, "<p {FOOTER}>{}</p></body></html>", escape(content.footer));
    html
}

const HEAD: &str = "<!doctype html><html><head><meta charset=\"utf-8\">\
    <meta name=\"viewport\" content=\"width=device-width\"></head>\
    <body style=\"margin:24px;font-family:system-ui,sans-serif;color:#1d1d1f\">";
const H1: &str = "style=\"font-size:20px;margin:0 0 12px\"";
const P: &str = "style=\"font-size:16px;line-height:1.5;margin:0 0 12px\"";
const A: &str = "style=\"display:inline-block;padding:10px 16px;border-radius:8px;\
    background:#1a56db;color:#fff;text-decoration:none\"";
const FOOTER: &str = "style=\"font-size:12px;color:#6e6e73;margin:24px 0 0\"";

/// For text and for attributes in double quotes.
fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            '\n' => escaped.push('\n'),
            c if c.is_control() => {}
            c => escaped.push(c),
        }
    }
    escaped
}
