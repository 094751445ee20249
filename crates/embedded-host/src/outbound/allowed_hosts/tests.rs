//! What an entry allows and what it does not, and how a malformed one is told.

use super::{AllowedHosts, Destination};

#[track_caller]
fn check(entry: &str, allowed: &[&str], denied: &[&str]) {
    let hosts = AllowedHosts::parse([entry]).unwrap();
    for (urls, expected) in [(allowed, true), (denied, false)] {
        for url in urls {
            let destination = Destination::of(&url.parse().unwrap()).unwrap();
            assert_eq!(hosts.allow(&destination), expected, "{entry} and {url}");
        }
    }
}

#[test]
fn hosts_match_by_their_text() {
    check(
        "http://localhost:3500",
        &["http://localhost:3500/v1.0/publish"],
        &[
            "http://127.0.0.1:3500",
            "https://localhost:3500",
            "http://localhost",
            "http://other:3500",
        ],
    );
}

#[test]
fn a_trailing_slash_is_not_a_path() {
    check("http://localhost:3500/", &["http://localhost:3500/x"], &["http://localhost/x"]);
}

#[test]
fn an_absent_port_is_the_usual_one() {
    check("https://a.b", &["https://a.b", "https://a.b:443/x"], &["https://a.b:444", "http://a.b"]);
}

#[test]
fn every_part_has_a_wildcard() {
    check("https://*:443", &["https://a", "https://b.c:443"], &["https://a:1", "http://a:443"]);
    check("http://*.x:80", &["http://a.x", "http://a.b.x"], &["http://x", "http://ax"]);
    check("http://localhost:*", &["http://localhost:1", "http://localhost"], &["http://a:1"]);
    check("*://*:*", &["http://a", "https://b:9"], &[]);
    check("http://a:8000..8002", &["http://a:8000", "http://a:8001"], &["http://a:8002"]);
    check("http://[::1]:80", &["http://[::1]/x"], &["http://[::2]/x"]);
}

#[test]
fn the_app_itself_is_allowed_by_self_or_any_host() {
    let allows = |entry| AllowedHosts::parse([entry]).unwrap().allow_self("http");
    assert!(allows("http://self"));
    assert!(allows("http://self.alt"));
    assert!(allows("*://*:*"));
    assert!(!allows("https://self"));
    assert!(!allows("http://localhost"));
}

#[test]
fn every_malformed_entry_is_told_with_its_remedy() {
    let entries = [
        "localhost",
        "ht3p://a",
        "http://a/b",
        "http://a.*",
        "ftp://a",
        "http://a:x",
        "http://{a}",
    ];
    let faults = AllowedHosts::parse(entries).unwrap_err();
    let told: Vec<_> = faults.iter().map(ToString::to_string).collect();
    expect_test::expect![[r#"
        "localhost" has no scheme; write <scheme>://<host>[:<port>], such as http://localhost
        "ht3p://a" has a malformed scheme; write letters only, or *
        "http://a/b" has a path; remove everything after the port
        "http://a.*" has a wildcard inside its host; write * or *.domain
        "ftp://a" has no port and its scheme has no usual one; add :<port> or :*
        "http://a:x" has a malformed port; write a number, a range such as 8000..9000, or *
        "http://{a}" is a list, a network or a catch-all this host does not support"#]]
    .assert_eq(&told.join("\n"));
}
