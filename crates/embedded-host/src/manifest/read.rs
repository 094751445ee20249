//! From a TOML table to a `Manifest`, with the strictness Spin has: an unknown key is a fault.
//!
//! Keys of Spin that this host does not serve are refused by name; ignoring them would run the
//! application differently from Spin without a word.

use std::collections::BTreeMap;

use toml::{Table, Value};

use super::{ComponentManifest, HttpTrigger, Manifest, TriggerRoute, VariableDeclaration};
use crate::strict_toml::{Faults, TableReader};

/// The only manifest version there is a Spin 3 for.
const MANIFEST_VERSION: u64 = 2;

pub(super) fn manifest(table: Table) -> Result<Manifest, Faults> {
    let mut faults = Faults::default();
    let mut root = TableReader::new("", table, &mut faults);
    let version = root.optional_integer("spin_manifest_version");
    let application = root.table("application");
    let variables = root.named_tables("variables");
    let components = root.named_tables("component");
    let triggers = root.table("trigger");
    root.finish();

    if version != Some(MANIFEST_VERSION) {
        faults.report("spin_manifest_version", "is not 2", "write spin_manifest_version = 2");
    }
    let (name, version) = read_application(application, &mut faults);
    let variables = each(variables, |name, table| read_variable(name, table, &mut faults));
    let components = each(components, |id, table| read_component(id, table, &mut faults));
    let triggers = read_triggers(triggers, &mut faults);
    check_references(&components, &triggers, &mut faults);
    faults.or_value(Manifest { name, version, variables, components, triggers })
}

fn each<T>(
    tables: Vec<(String, Table)>,
    mut read: impl FnMut(&str, Table) -> T,
) -> BTreeMap<String, T> {
    let read = |(name, table): (String, Table)| {
        let value = read(&name, table);
        (name, value)
    };
    tables.into_iter().map(read).collect()
}

fn read_application(table: Table, faults: &mut Faults) -> (String, String) {
    let mut application = TableReader::new("application", table, faults);
    let name = application.string("name");
    let version = application.optional_string("version").unwrap_or_default();
    for key in ["description", "authors", "targets", "tool"] {
        application.ignore(key);
    }
    application.refuse("trigger", "remove it: the base path is always \"/\"");
    application.finish();
    (name, version)
}

fn read_variable(name: &str, table: Table, faults: &mut Faults) -> VariableDeclaration {
    let at = format!("variables.{name}");
    if !is_snake_case(name) {
        faults.report(&at, "is not lower_snake_case", "rename it, as in my_variable");
    }
    let mut variable = TableReader::new(&at, table, faults);
    let default = variable.optional_string("default");
    let required = variable.boolean("required");
    let secret = variable.boolean("secret");
    variable.ignore("description");
    variable.finish();
    match (&default, required) {
        (None, false) => faults.report(&at, "has no value", "give it a default or required = true"),
        (Some(_), true) => faults.report(&at, "is required and has a default", "keep one of both"),
        _ => {}
    }
    VariableDeclaration { default, secret }
}

fn read_component(id: &str, table: Table, faults: &mut Faults) -> ComponentManifest {
    let at = format!("component.{id}");
    if !is_kebab_case(id) {
        faults.report(&at, "is not kebab-case", "rename it, as in my-component");
    }
    let mut component = TableReader::new(&at, table, faults);
    let source = match component.take("source") {
        Some(Value::String(path)) => path,
        Some(_) => {
            let remedy = "build it and name the .wasm file by its path";
            component.faults.report(format!("{at}.source"), "is not a path", remedy);
            String::new()
        }
        None => {
            let remedy = "add source = \"path/to/component.wasm\"";
            component.faults.report(format!("{at}.source"), "is missing", remedy);
            String::new()
        }
    };
    for key in ["description", "build", "targets", "tool"] {
        component.ignore(key);
    }
    component.refuse("files", "embed static files in the component");
    component.refuse("exclude_files", "remove it together with files");
    component.refuse("ai_models", "remove it: there is no model in this host");
    component.refuse("allowed_http_hosts", "use allowed_outbound_hosts");
    component.refuse("dependencies", "compose the component before it is loaded");
    component.refuse("profile", "build the profile you want and name its source");
    let read = ComponentManifest {
        id: id.to_owned(),
        source: source.into(),
        environment: component.string_map("environment"),
        variables: component.string_map("variables"),
        allowed_outbound_hosts: component.strings("allowed_outbound_hosts"),
        sqlite_databases: component.strings("sqlite_databases"),
        key_value_stores: component.strings("key_value_stores"),
    };
    component.finish();
    for name in read.variables.keys().filter(|name| !is_snake_case(name)) {
        faults.report(format!("{at}.variables.{name}"), "is not lower_snake_case", "rename it");
    }
    read
}

fn read_triggers(table: Table, faults: &mut Faults) -> Vec<HttpTrigger> {
    let mut triggers = Vec::new();
    for (kind, value) in table {
        let at = format!("trigger.{kind}");
        if kind != "http" {
            faults.report(at, "is not supported by this host", "use [[trigger.http]]");
            continue;
        }
        let entries = match value {
            Value::Array(entries) => entries,
            _ => {
                faults.report(at, "is not a list", "write [[trigger.http]]");
                continue;
            }
        };
        for (index, entry) in entries.into_iter().enumerate() {
            let at = format!("trigger.http[{index}]");
            match entry {
                Value::Table(table) => triggers.push(read_trigger(&at, table, faults)),
                _ => faults.report(at, "is not a table", "write [[trigger.http]]"),
            }
        }
    }
    if triggers.is_empty() {
        faults.report(
            "trigger.http",
            "is missing",
            "add [[trigger.http]] with route and component",
        );
    }
    triggers
}

fn read_trigger(at: &str, table: Table, faults: &mut Faults) -> HttpTrigger {
    let mut trigger = TableReader::new(at, table, faults);
    trigger.ignore("id");
    let route = trigger.take("route");
    let component = trigger.string("component");
    trigger.refuse("static_response", "serve it from a component");
    if let Some(executor) = trigger.take("executor") {
        let kind = executor.get("type").and_then(Value::as_str);
        if kind != Some("http") {
            let remedy = "remove it, or write executor = { type = \"http\" }";
            trigger.faults.report(format!("{at}.executor"), "is not the http executor", remedy);
        }
    }
    trigger.finish();
    HttpTrigger { route: read_route(at, route, faults), component }
}

fn read_route(at: &str, value: Option<Value>, faults: &mut Faults) -> TriggerRoute {
    match value {
        Some(Value::String(route)) => return TriggerRoute::Public(route),
        Some(Value::Table(table))
            if table.len() == 1 && table.get("private") == Some(&Value::Boolean(true)) =>
        {
            return TriggerRoute::Private;
        }
        _ => {}
    }
    let remedy = "write route = \"/path\" or route = { private = true }";
    faults.report(format!("{at}.route"), "is not a route", remedy);
    TriggerRoute::Private
}

fn check_references(
    components: &BTreeMap<String, ComponentManifest>,
    triggers: &[HttpTrigger],
    faults: &mut Faults,
) {
    for (index, trigger) in triggers.iter().enumerate() {
        let id = &trigger.component;
        if !id.is_empty() && !components.contains_key(id) {
            let at = format!("trigger.http[{index}].component");
            faults.report(at, format!("names no component: {id}"), format!("add [component.{id}]"));
        }
    }
}

fn is_snake_case(name: &str) -> bool {
    is_separated_by(name, '_')
}

fn is_kebab_case(name: &str) -> bool {
    is_separated_by(name, '-')
}

/// Lower-case words, each beginning with a letter, joined by `separator`.
fn is_separated_by(name: &str, separator: char) -> bool {
    name.split(separator).all(|word| {
        word.starts_with(|first: char| first.is_ascii_lowercase())
            && word.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit())
    })
}
