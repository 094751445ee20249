//! The manifest reader, by example: what is accepted, and how every fault is told at once.

use std::path::Path;

use expect_test::{Expect, expect};

use super::Manifest;

fn check(text: &str, expected: Expect) {
    let told = match Manifest::parse(text, Path::new("spin.toml")) {
        Ok(manifest) => format!("{manifest:#?}"),
        Err(error) => error.to_string(),
    };
    expected.assert_eq(&told);
}

const WHOLE_MANIFEST: &str = r#"
        spin_manifest_version = 2
        [application]
        name = "app"
        version = "1.2.3"
        [variables]
        dapr_url = { default = "http://localhost:3500" }
        token = { required = true, secret = true }
        [[trigger.http]]
        route = "/api/..."
        component = "api"
        [[trigger.http]]
        route = { private = true }
        component = "api"
        [component.api]
        source = "api.wasm"
        allowed_outbound_hosts = ["{{ dapr_url }}"]
        sqlite_databases = ["default"]
        [component.api.variables]
        dapr_url = "{{ dapr_url }}"
        [component.api.build]
        command = "cargo build"
        "#;

#[test]
fn a_whole_manifest_is_read() {
    check(
        WHOLE_MANIFEST,
        expect![[r#"
            Manifest {
                name: "app",
                version: "1.2.3",
                variables: {
                    "dapr_url": VariableDeclaration {
                        default: Some(
                            "http://localhost:3500",
                        ),
                        secret: false,
                    },
                    "token": VariableDeclaration {
                        default: None,
                        secret: true,
                    },
                },
                components: {
                    "api": ComponentManifest {
                        id: "api",
                        source: "api.wasm",
                        environment: {},
                        variables: {
                            "dapr_url": "{{ dapr_url }}",
                        },
                        allowed_outbound_hosts: [
                            "{{ dapr_url }}",
                        ],
                        sqlite_databases: [
                            "default",
                        ],
                        key_value_stores: [],
                    },
                },
                triggers: [
                    HttpTrigger {
                        route: Public(
                            "/api/...",
                        ),
                        component: "api",
                    },
                    HttpTrigger {
                        route: Private,
                        component: "api",
                    },
                ],
            }"#]],
    );
}

#[test]
fn every_fault_is_told_at_once_with_its_remedy() {
    check(
        r#"
        spin_manifest_version = 1
        surprise = true
        [application]
        nam = "app"
        [variables]
        Loud = { default = 3 }
        [[trigger.http]]
        route = { private = false }
        component = "missing"
        [[trigger.redis]]
        channel = "c"
        [component.my_api]
        files = ["assets/*"]
        sqlite_databases = "default"
        "#,
        expect![[r#"
            the manifest spin.toml has faults:
              - surprise: is not a known key; remove it or use one of: spin_manifest_version, application, variables, component, trigger
              - spin_manifest_version: is not 2; write spin_manifest_version = 2
              - application.name: is missing; add name = "…"
              - application.nam: is not a known key; remove it or use one of: name, version, description, authors, targets, tool, trigger
              - variables.Loud: is not lower_snake_case; rename it, as in my_variable
              - variables.Loud.default: has the type integer; make it a string
              - variables.Loud: has no value; give it a default or required = true
              - component.my_api: is not kebab-case; rename it, as in my-component
              - component.my_api.source: is missing; add source = "path/to/component.wasm"
              - component.my_api.files: is not supported by this host; embed static files in the component
              - component.my_api.sqlite_databases: has the type string; make it a list of strings
              - trigger.http[0].route: is not a route; write route = "/path" or route = { private = true }
              - trigger.redis: is not supported by this host; use [[trigger.http]]
              - trigger.http[0].component: names no component: missing; add [component.missing]"#]],
    );
}

#[test]
fn text_that_is_not_toml_names_the_file() {
    check("= 3", expect!["the manifest spin.toml is not TOML"]);
}
