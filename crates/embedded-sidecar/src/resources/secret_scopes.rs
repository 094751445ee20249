//! Which secrets the configuration lets the app read. Pure.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;

/// The rules of each store that has some. A store without rules is open.
#[derive(Clone, Debug, Default)]
pub(crate) struct SecretScopes {
    by_store: BTreeMap<String, Scope>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Scope {
    store_name: String,
    #[serde(default)]
    default_access: String,
    #[serde(default)]
    allowed_secrets: Vec<String>,
    #[serde(default)]
    denied_secrets: Vec<String>,
}

impl SecretScopes {
    pub(super) fn read(scopes: &Value) -> Result<Self, serde_json::Error> {
        let scopes: Vec<Scope> = Vec::deserialize(scopes)?;
        let by_store = scopes.into_iter().map(|scope| (scope.store_name.clone(), scope)).collect();
        Ok(Self { by_store })
    }

    pub(crate) fn allow(&self, store: &str, secret: &str) -> bool {
        let Some(scope) = self.by_store.get(store) else { return true };
        let lists = |names: &[String]| names.iter().any(|name| name == secret);
        // A list of what is allowed is the whole of it; what is denied is looked at without one.
        if !scope.allowed_secrets.is_empty() {
            return lists(&scope.allowed_secrets);
        }
        !lists(&scope.denied_secrets) && !scope.default_access.eq_ignore_ascii_case("deny")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn check(scope: Value, secret: &str, expected: bool) {
        let scopes = SecretScopes::read(&json!([scope])).unwrap();
        assert_eq!(scopes.allow("s", secret), expected, "{scope} {secret}");
    }

    #[test]
    fn an_allow_list_is_the_whole_of_what_is_allowed() {
        let only_a = json!({"storeName": "s", "allowedSecrets": ["a"]});
        check(only_a.clone(), "a", true);
        check(only_a, "b", false);
    }

    #[test]
    fn without_one_the_default_and_the_deny_list_decide() {
        check(json!({"storeName": "s"}), "a", true);
        check(json!({"storeName": "s", "defaultAccess": "Deny"}), "a", false);
        check(json!({"storeName": "s", "deniedSecrets": ["a"]}), "a", false);
        check(json!({"storeName": "s", "deniedSecrets": ["a"]}), "b", true);
        check(json!({"storeName": "other", "defaultAccess": "deny"}), "a", true);
    }
}
