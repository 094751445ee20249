//! Which source wins, and what is told when none has a value.

use std::collections::BTreeMap;

use super::{VariableError, VariableProvider, VariableSources, Variables};
use crate::manifest::VariableDeclaration;

fn map(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
    pairs.iter().map(|(name, value)| (name.to_string(), value.to_string())).collect()
}

/// Resolves `name` with a default, with the given sources.
fn check(sources: VariableSources, expected: &str) {
    let declaration = VariableDeclaration { default: Some("default".to_owned()), secret: false };
    let declared = BTreeMap::from([("name".to_owned(), declaration)]);
    let variables = Variables::resolve(&declared, &sources).unwrap();
    assert_eq!(variables.render("{{name}}").unwrap(), expected);
}

#[test]
fn each_source_yields_to_the_one_before_it() {
    let environment = map(&[("SPIN_VARIABLE_NAME", "environment"), ("APP_NAME", "own prefix")]);
    check(VariableSources::default(), "default");

    let mut sources = VariableSources { environment, ..VariableSources::default() };
    check(sources.clone(), "environment");

    sources.providers.push(VariableProvider::Environment { prefix: "APP_".to_owned() });
    check(sources.clone(), "own prefix");

    let fixed = VariableProvider::Static(map(&[("name", "static provider")]));
    sources.providers.insert(0, fixed);
    check(sources.clone(), "static provider");

    sources.overrides = map(&[("name", "override")]);
    check(sources, "override");
}

#[test]
fn all_missing_variables_are_named_with_both_remedies() {
    let required = || VariableDeclaration { default: None, secret: true };
    let declared = BTreeMap::from([("one".into(), required()), ("two".into(), required())]);
    let error = Variables::resolve(&declared, &VariableSources::default()).unwrap_err();
    assert_eq!(error, VariableError::Missing { names: vec!["one".into(), "two".into()] });
    assert_eq!(
        error.to_string(),
        "required variables have no value: one, two; pass --variable NAME=VALUE or set \
         SPIN_VARIABLE_ONE, SPIN_VARIABLE_TWO"
    );
}

#[test]
fn expressions_are_filled_in_where_they_stand() {
    let variables = Variables(map(&[("host", "localhost"), ("port", "3500")]));
    let render = |text| variables.render(text).map_err(|error| error.to_string());
    assert_eq!(render("http://{{ host }}:{{port}}/").unwrap(), "http://localhost:3500/");
    assert_eq!(render("plain").unwrap(), "plain");
    assert_eq!(
        render("{{ nobody }}").unwrap_err(),
        "the expression {{ nobody }} names no declared variable"
    );
    assert_eq!(
        render("{{ host").unwrap_err(),
        "the expression {{ in \"{{ host\" is not closed with }}"
    );
}

#[test]
fn a_debug_print_shows_no_value() {
    let variables = Variables(map(&[("token", "secret-value")]));
    assert_eq!(format!("{variables:?}"), "[\"token\"]");
}
