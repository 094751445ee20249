//! `NAME;PARAMETER=value:value`: one unfolded line of a calendar.

use crate::fault::{Fault, Problem};

#[derive(Clone, Debug, PartialEq)]
pub(super) struct Property {
    pub(super) line: u64,
    /// In capitals, like the names of the parameters.
    pub(super) name: String,
    parameters: Vec<(String, String)>,
    pub(super) value: String,
}

impl Property {
    pub(super) fn parse(line: u64, text: &str) -> Result<Property, Fault> {
        let fault = || {
            let problem = Problem::unreadable(text, "a property: a name, a colon and a value");
            Fault::new(line, "line", problem)
        };
        let colon = unquoted(text, ':').ok_or_else(fault)?;
        let (head, value) = (&text[..colon], text[colon + 1..].to_owned());
        let mut parts = split_unquoted(head, ';');
        let name = parts.next().unwrap_or_default().trim().to_ascii_uppercase();
        let parameters: Option<Vec<_>> = parts.map(parameter).collect();
        if name.is_empty() || name.contains(char::is_whitespace) {
            return Err(fault());
        }
        Ok(Property { line, name, parameters: parameters.ok_or_else(fault)?, value })
    }

    pub(super) fn parameter(&self, name: &str) -> Option<&str> {
        let found = self.parameters.iter().find(|(known, _)| known == name);
        found.map(|(_, value)| value.as_str())
    }

    /// The value of a property that holds one text.
    pub(super) fn text(&self) -> String {
        unescaped(&self.value)
    }

    /// The values of a property that holds several, with commas between them.
    pub(super) fn texts(&self) -> Vec<String> {
        let mut texts = vec![String::new()];
        let mut chars = self.value.chars();
        while let Some(c) = chars.next() {
            match c {
                ',' => texts.push(String::new()),
                '\\' => push_escape(chars.next(), texts.last_mut()),
                c => texts.last_mut().into_iter().for_each(|text| text.push(c)),
            }
        }
        texts
    }
}

fn parameter(text: &str) -> Option<(String, String)> {
    let (name, value) = text.split_once('=')?;
    Some((name.trim().to_ascii_uppercase(), value.trim_matches('"').to_owned()))
}

fn unescaped(value: &str) -> String {
    let mut out = String::with_capacity(value.len());
    let mut chars = value.chars();
    while let Some(c) = chars.next() {
        match c {
            '\\' => push_escape(chars.next(), Some(&mut out)),
            c => out.push(c),
        }
    }
    out
}

fn push_escape(escaped: Option<char>, out: Option<&mut String>) {
    let Some(out) = out else { return };
    match escaped {
        Some('n' | 'N') => out.push('\n'),
        // Programs escape more than they have to.
        Some(c) => out.push(c),
        None => out.push('\\'),
    }
}

fn unquoted(text: &str, wanted: char) -> Option<usize> {
    let mut is_quoted = false;
    text.char_indices().find_map(|(at, c)| {
        is_quoted ^= c == '"';
        (c == wanted && !is_quoted).then_some(at)
    })
}

fn split_unquoted(text: &str, separator: char) -> impl Iterator<Item = &str> {
    let mut rest = Some(text);
    std::iter::from_fn(move || {
        let text = rest?;
        match unquoted(text, separator) {
            Some(at) => {
                rest = Some(&text[at + separator.len_utf8()..]);
                Some(&text[..at])
            }
            None => rest.take(),
        }
    })
}
