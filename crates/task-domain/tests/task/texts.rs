//! Titles, descriptions and tags at their limits.

use task_domain::{Description, FieldError, Tag, Title};

fn told<T: std::fmt::Debug>(refused: Result<T, FieldError>) -> String {
    let error = refused.expect_err("must be refused");
    format!("{} {error}", error.field)
}

#[test]
fn a_title_is_one_line_without_blanks_around_it() {
    assert_eq!(Title::parse("  Pay rent \n").map(|t| t.to_string()), Ok("Pay rent".to_owned()));
    assert_eq!(told(Title::parse(" \t ")), "title must not be empty");
    assert_eq!(told(Title::parse("two\nlines")), "title must not contain control characters");
    assert_eq!(told(Title::parse("nul\0")), "title must not contain control characters");
}

#[test]
fn lengths_count_characters_not_bytes() {
    assert!(Title::parse(&"پ".repeat(200)).is_ok());
    assert_eq!(told(Title::parse(&"پ".repeat(201))), "title may have 200 characters, not 201");
    assert!(Title::parse(&format!(" {} ", "x".repeat(200))).is_ok());
    assert!(Tag::parse(&"é".repeat(50)).is_ok());
    assert_eq!(told(Tag::parse(&"é".repeat(51))), "tags may have 50 characters, not 51");
    assert!(Description::parse(&"ü".repeat(2_000)).is_ok());
    assert_eq!(
        told(Description::parse(&"ü".repeat(2_001))),
        "description may have 2000 characters, not 2001"
    );
}

#[test]
fn a_description_keeps_its_lines() {
    let text = "first\r\n\tsecond\n";
    assert_eq!(Description::parse(text).map(|d| d.as_str().to_owned()), Ok(text.to_owned()));
    assert_eq!(Description::parse(""), Ok(Description::default()));
    assert_eq!(
        told(Description::parse("bell\u{7}")),
        "description must not contain control characters"
    );
}

#[test]
fn tags_that_differ_in_case_are_the_same() {
    let tag = |text| Tag::parse(text).expect(text);
    assert!(tag("Über").is_same(&tag("üBER")));
    assert!(!tag("home").is_same(&tag("homes")));
    assert_ne!(tag("Home"), tag("home"));
}
