//! Full keys: whose a key is stands before it, so that apps that share a store do not meet. Pure.

use std::collections::BTreeMap;

/// What separates a prefix from its key, and therefore cannot occur in either.
const SEPARATOR: &str = "||";

/// What a component puts before each key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum KeyPrefix {
    None,
    Text(String),
}

/// A key, or a prefix, that holds the separator.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct IllegalKey;

impl KeyPrefix {
    /// From the setting `keyPrefix`; the words it knows have no case, and neither has a literal.
    pub(super) fn read(
        setting: Option<&str>,
        component: &str,
        app_id: &str,
        environment: &BTreeMap<String, String>,
    ) -> Result<Self, IllegalKey> {
        let setting = setting.unwrap_or("appid").to_lowercase();
        let namespace = environment.get("NAMESPACE").filter(|name| !name.is_empty());
        let prefix = match (setting.as_str(), namespace) {
            ("none", _) => return Ok(Self::None),
            ("name", _) => component.to_owned(),
            ("namespace", Some(namespace)) => format!("{namespace}.{app_id}"),
            ("appid" | "namespace", _) => app_id.to_owned(),
            (literal, _) if literal.contains(SEPARATOR) => return Err(IllegalKey),
            (literal, _) => literal.to_owned(),
        };
        Ok(Self::Text(prefix))
    }

    pub(super) fn full(&self, key: &str) -> Result<String, IllegalKey> {
        if key.contains(SEPARATOR) {
            return Err(IllegalKey);
        }
        Ok(match self {
            Self::None => key.to_owned(),
            Self::Text(prefix) => format!("{prefix}{SEPARATOR}{key}"),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(setting: Option<&str>, namespace: &str, expected: &str) {
        let environment = BTreeMap::from([("NAMESPACE".to_owned(), namespace.to_owned())]);
        let prefix = KeyPrefix::read(setting, "store", "app", &environment).unwrap();
        assert_eq!(prefix.full("k").unwrap(), expected, "{setting:?}");
    }

    #[test]
    fn a_key_is_the_apps_unless_the_component_says_otherwise() {
        check(None, "ns", "app||k");
        check(Some("appid"), "ns", "app||k");
        check(Some("Namespace"), "ns", "ns.app||k");
        check(Some("namespace"), "", "app||k");
        check(Some("name"), "ns", "store||k");
        check(Some("none"), "ns", "k");
        check(Some("Shared"), "ns", "shared||k");
    }

    #[test]
    fn the_separator_is_no_part_of_a_key_or_a_prefix() {
        let none = BTreeMap::new();
        assert_eq!(KeyPrefix::read(Some("a||b"), "store", "app", &none), Err(IllegalKey));
        assert_eq!(KeyPrefix::None.full("a||b"), Err(IllegalKey));
    }
}
