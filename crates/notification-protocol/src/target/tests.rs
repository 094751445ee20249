//! The corpus of targets: one on a line, with what is said about it.

use super::*;

const CORPUS: &str = include_str!("../../tests/targets.txt");

/// Below this, the corpus has lost what it is for.
const REFUSED_MIN: usize = 60;

fn verdict(text: &str) -> &'static str {
    match Target::parse(text, Reach::Public) {
        Ok(_) => "public",
        Err(TargetFault::TooLong) => "too-long",
        Err(TargetFault::NotAUrl(_)) => "not-a-url",
        Err(TargetFault::NotHttps) => "not-https",
        Err(TargetFault::Port) => "port",
        Err(TargetFault::Credentials) => "credentials",
        Err(TargetFault::OddAddress) => "odd-address",
        Err(TargetFault::InnerAddress) => "inner-address",
        Err(TargetFault::InnerName) => "inner-name",
    }
}

fn cases() -> impl Iterator<Item = (&'static str, &'static str)> {
    let lines = CORPUS.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
    lines.map(|line| line.split_once(' ').unwrap_or_else(|| panic!("no verdict: {line}")))
}

#[test]
fn every_target_of_the_corpus_is_judged_as_it_says() {
    let wrong = cases().filter(|(expected, text)| verdict(text) != *expected);
    let wrong: Vec<String> = wrong
        .map(|(expected, text)| format!("{text}: {}, not {expected}", verdict(text)))
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    let refused = cases().filter(|(expected, _)| *expected != "public").count();
    assert!(refused >= REFUSED_MIN, "only {refused} refused targets");
}

#[test]
fn development_reaches_the_next_port_but_still_no_credentials() {
    let anywhere = |text| Target::parse(text, Reach::Anywhere);
    assert!(anywhere("http://127.0.0.1:8080/hook").is_ok());
    assert!(anywhere("https://hooks.internal:8443/").is_ok());
    assert_eq!(anywhere("http://u:p@127.0.0.1/"), Err(TargetFault::Credentials));
    assert_eq!(anywhere("ftp://127.0.0.1/"), Err(TargetFault::NotHttps));
}

#[test]
fn a_url_is_bounded() {
    let with = |chars: usize| format!("https://a.example/{}", "x".repeat(chars - 18));
    assert_eq!(verdict(&with(URL_CHARS_MAX)), "public");
    assert_eq!(verdict(&with(URL_CHARS_MAX + 1)), "too-long");
}

#[test]
fn the_origin_is_whom_a_signature_is_for() {
    let target = Target::parse("https://Push.Example.com/send/abc?x=1", Reach::Public).unwrap();
    assert_eq!(target.origin(), "https://push.example.com");
    assert_eq!(target.host(), "push.example.com");
}
