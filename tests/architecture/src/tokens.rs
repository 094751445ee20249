//! Rust as a flat row of tokens with lines, so that comments and formatting deceive no rule.

use std::collections::BTreeSet;

use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};

use crate::checkout::File;

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Token {
    /// As it stands in the source; a string keeps its quotes.
    pub(crate) text: String,
    pub(crate) line: usize,
    pub(crate) is_literal: bool,
}

/// A function with a body, wherever it stands.
#[derive(Debug, PartialEq)]
pub(crate) struct Function {
    pub(crate) name: String,
    pub(crate) line: usize,
    pub(crate) lines: usize,
}

/// All tokens but documentation.
pub(crate) fn all(file: &File) -> Vec<Token> {
    let mut out = Vec::new();
    flatten(parse(file), &mut out, Tests::Keep);
    out
}

/// All tokens but documentation and what is compiled for tests alone.
pub(crate) fn product(file: &File) -> Vec<Token> {
    let mut out = Vec::new();
    if !file.is_test_code() {
        flatten(parse(file), &mut out, Tests::Skip);
    }
    out
}

/// What `product` leaves out: test files, and what is compiled for tests alone.
pub(crate) fn of_tests(file: &File) -> Vec<Token> {
    let shipped: BTreeSet<usize> = product(file).iter().map(|token| token.line).collect();
    all(file).into_iter().filter(|token| !shipped.contains(&token.line)).collect()
}

pub(crate) fn functions(file: &File) -> Vec<Function> {
    let mut out = Vec::new();
    collect_functions(parse(file), &mut out);
    out
}

/// The lines inside string literals that go over several: data, not code.
pub(crate) fn lines_of_data(file: &File) -> BTreeSet<usize> {
    let mut out = BTreeSet::new();
    collect_data(parse(file), &mut out);
    out
}

/// The lines on which the words follow each other, as in `["Utc", ":", ":", "now"]`.
pub(crate) fn lines_of(tokens: &[Token], words: &[&str]) -> Vec<usize> {
    let runs = tokens.windows(words.len());
    let hits = runs.filter(|run| run.iter().zip(words).all(|(token, word)| token.text == *word));
    hits.map(|run| run[0].line).collect()
}

#[derive(Clone, Copy, PartialEq)]
enum Tests {
    Keep,
    Skip,
}

fn parse(file: &File) -> TokenStream {
    file.text.parse().unwrap_or_else(|error| panic!("{}: {error}", file.path))
}

fn flatten(stream: TokenStream, out: &mut Vec<Token>, tests: Tests) {
    let trees: Vec<TokenTree> = stream.into_iter().collect();
    let mut rest = trees.as_slice();
    while let Some((tree, after)) = rest.split_first() {
        rest = match attribute_at(rest) {
            Some((Attribute::Documentation, after)) => after,
            Some((Attribute::ForTests, item)) if tests == Tests::Skip => after_item(item),
            _ => {
                push(tree.clone(), out, tests);
                after
            }
        };
    }
}

fn push(tree: TokenTree, out: &mut Vec<Token>, tests: Tests) {
    let line = tree.span().start().line;
    let is_literal = matches!(tree, TokenTree::Literal(_));
    match tree {
        TokenTree::Group(group) => {
            let (open, close) = match group.delimiter() {
                Delimiter::Parenthesis => ("(", ")"),
                Delimiter::Brace => ("{", "}"),
                Delimiter::Bracket => ("[", "]"),
                Delimiter::None => ("", ""),
            };
            let end = group.span_close().start().line;
            out.push(Token { text: open.to_owned(), line, is_literal });
            flatten(group.stream(), out, tests);
            out.push(Token { text: close.to_owned(), line: end, is_literal });
        }
        other => out.push(Token { text: other.to_string(), line, is_literal }),
    }
}

enum Attribute {
    Documentation,
    ForTests,
    Other,
}

/// The attribute that begins here, and what follows it.
fn attribute_at(trees: &[TokenTree]) -> Option<(Attribute, &[TokenTree])> {
    let is = |tree: &TokenTree, c: char| matches!(tree, TokenTree::Punct(p) if p.as_char() == c);
    match trees {
        [hash, TokenTree::Group(group), after @ ..] if is(hash, '#') => {
            Some((attribute_of(group), after))
        }
        [hash, bang, TokenTree::Group(group), after @ ..] if is(hash, '#') && is(bang, '!') => {
            Some((attribute_of(group), after))
        }
        _ => None,
    }
}

fn attribute_of(group: &Group) -> Attribute {
    let text: String = group.stream().to_string().split_whitespace().collect();
    if text.starts_with("doc=") {
        Attribute::Documentation
    } else if text.starts_with("cfg(test") || text.starts_with("cfg(all(test") {
        Attribute::ForTests
    } else {
        Attribute::Other
    }
}

/// An item ends with its body, or with a semicolon when it has none.
fn after_item(trees: &[TokenTree]) -> &[TokenTree] {
    let end = trees.iter().position(|tree| match tree {
        TokenTree::Group(group) => group.delimiter() == Delimiter::Brace,
        TokenTree::Punct(punct) => punct.as_char() == ';',
        _ => false,
    });
    end.map_or(&[], |end| &trees[end + 1..])
}

fn collect_data(stream: TokenStream, out: &mut BTreeSet<usize>) {
    for tree in stream {
        match tree {
            TokenTree::Group(group) => collect_data(group.stream(), out),
            TokenTree::Literal(literal) => {
                let (start, end) = (literal.span().start().line, literal.span().end().line);
                if start < end {
                    out.extend(start..=end);
                }
            }
            TokenTree::Ident(_) | TokenTree::Punct(_) => {}
        }
    }
}

fn collect_functions(stream: TokenStream, out: &mut Vec<Function>) {
    let mut open: Option<(String, usize)> = None;
    let mut after_fn = None;
    for tree in stream {
        let line = tree.span().start().line;
        match tree {
            TokenTree::Ident(ident) if after_fn.is_some() => {
                open = after_fn.take().map(|line| (ident.to_string(), line));
            }
            TokenTree::Ident(ident) if ident == "fn" => after_fn = Some(line),
            TokenTree::Punct(punct) if punct.as_char() == ';' => (open, after_fn) = (None, None),
            TokenTree::Group(group) => {
                after_fn = None;
                if group.delimiter() == Delimiter::Brace
                    && let Some((name, start)) = open.take()
                {
                    let lines = group.span_close().end().line + 1 - start;
                    out.push(Function { name, line: start, lines });
                }
                collect_functions(group.stream(), out);
            }
            _ => {}
        }
    }
}

#[test]
fn documentation_and_test_items_are_not_product() {
    let code = "//! \"SELECT\"\n\
                /// \"SELECT\"\n\
                fn a() { Utc::now(); }\n\
                #[cfg(test)]\nmod tests { fn b() { \"SELECT\"; } }\n\
                #[cfg(test)]\nuse x::y;\n\
                fn c() {}\n";
    let file = File::new("crates/x/src/lib.rs", code);
    let texts = |tokens: Vec<Token>| tokens.into_iter().map(|token| token.text).collect::<String>();
    assert_eq!(texts(product(&file)), "fna(){Utc::now();}fnc(){}");
    assert_eq!(texts(all(&file)).matches("SELECT").count(), 1);
    assert_eq!(texts(of_tests(&file)).matches("SELECT").count(), 1);
    assert!(!texts(of_tests(&file)).contains("now"));
}

#[test]
fn functions_are_measured_from_name_to_brace() {
    let code = "trait T { fn none(&self); }\n\
                impl T for X {\n\
                fn one(&self) {}\n\
                fn three(\nf: fn(u8),\n) {}\n\
                }\n";
    let found = functions(&File::new("crates/x/src/lib.rs", code)).into_iter();
    let found: Vec<_> = found.map(|f| (f.name, f.line, f.lines)).collect();
    assert_eq!(found, [("one".to_owned(), 3, 1), ("three".to_owned(), 4, 3)]);
}
