//! Text from people stays text, in headers and in HTML.

use super::*;

fn address(text: &str) -> Address {
    Address::parse(text).unwrap()
}

fn email(subject: &str, paragraphs: &[&str]) -> Email {
    let paragraphs: Vec<String> = paragraphs.iter().map(|text| (*text).to_owned()).collect();
    let content = EmailContent {
        subject,
        heading: subject,
        paragraphs: &paragraphs,
        link: Some(("https://tasks.example.com/?task=3&x=\"y\"", "Open")),
        footer: "You asked for it.",
    };
    Email::new(address("tasks@example.com"), address("ada@example.org"), &content)
}

#[test]
fn a_subject_is_one_line_whatever_a_title_holds() {
    let subject = |text: &str| email(text, &[]).subject;
    assert_eq!(
        subject("Water plants\r\nBcc: eve@example.com"),
        "Water plants Bcc: eve@example.com"
    );
    assert_eq!(subject("a\u{2028}b\u{85}c\u{0}d\te"), "a b c d e");
    assert_eq!(subject("invoice \u{202e}fdp.exe"), "invoice fdp.exe");
    assert_eq!(subject("پودوں کو پانی"), "پودوں کو پانی");
    assert_eq!(subject(&"x".repeat(500)).chars().count(), SUBJECT_CHARS_MAX);
}

#[test]
fn markup_in_a_task_is_shown_and_not_obeyed() {
    let html = email("<script>alert('1')</script>", &["a & b\n<img src=x onerror=\"y\">"]).html;
    assert!(html.contains("&lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt;"), "{html}");
    assert!(html.contains("a &amp; b<br>&lt;img src=x onerror=&quot;y&quot;&gt;"), "{html}");
    assert!(
        html.contains("href=\"https://tasks.example.com/?task=3&amp;x=&quot;y&quot;\""),
        "{html}"
    );
    assert!(!html.contains("<script") && !html.contains("<img"), "{html}");
}

#[test]
fn all_fields_are_set_and_nobody_gets_a_copy() {
    let email = email("Water plants", &[]);
    let metadata = email.metadata();
    let names: Vec<&str> = metadata.iter().map(|(name, _)| *name).collect();
    assert_eq!(names, ["emailFrom", "emailTo", "subject"]);
    assert!(metadata.iter().all(|(_, value)| !value.is_empty()), "{metadata:?}");
}

#[test]
fn an_address_is_exactly_one() {
    for good in ["ada@example.org", "a.b+c@x-y.example.co.uk", "o'hara@example.org"] {
        assert_eq!(address(good).as_str(), good);
    }
    assert_eq!(address(" Ada@Example.ORG ").as_str(), "Ada@example.org");
    let long = format!("{}@example.org", "x".repeat(250));
    let wrong = [
        "",
        "ada",
        "ada@localhost",
        "@example.org",
        "a@b@example.org",
        "a@example.org;b@example.org",
        "a@example.org,b@example.org",
        "a@example.org\r\nBcc: b@example.org",
        "Ada <ada@example.org>",
        "\"a b\"@example.org",
        "a..b@example.org",
        "a@-example.org",
        "a@example..org",
        "a b@example.org",
        "a@exa_mple.org",
        "á@example.org",
        &long,
    ];
    for wrong in wrong {
        assert_eq!(Address::parse(wrong), Err(AddressFault), "{wrong}");
    }
}
