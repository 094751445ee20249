//! Lines of a calendar: folded, with their texts escaped.

/// RFC 5545 folds lines that are longer, counted in octets.
const LINE_OCTETS_MAX: usize = 75;

/// Writes one property; `parameters` come with their semicolons.
pub(super) fn property(name: &str, parameters: &str, value: &str, out: &mut String) {
    let mut room = LINE_OCTETS_MAX;
    for c in [name, parameters, ":", value].iter().flat_map(|part| part.chars()) {
        if c.len_utf8() > room {
            out.push_str("\r\n ");
            // The blank that continues a line counts.
            room = LINE_OCTETS_MAX - 1;
        }
        out.push(c);
        room -= c.len_utf8();
    }
    out.push_str("\r\n");
}

pub(super) fn text(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '\\' | ';' | ',' => {
                out.push('\\');
                out.push(c);
            }
            // A line ends as it may, and is read as ending one way.
            '\r' => {
                chars.next_if_eq(&'\n');
                out.push_str("\\n");
            }
            '\n' => out.push_str("\\n"),
            c => out.push(c),
        }
    }
    out
}
