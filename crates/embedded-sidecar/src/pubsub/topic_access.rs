//! Which topics this app may publish and subscribe to, by the component's scopes. Pure.

use std::collections::BTreeSet;

use crate::resources::{Component, ResourceError};

#[derive(Debug, Default)]
pub(crate) struct TopicAccess {
    publishing: Scope,
    subscribing: Scope,
    /// When not empty, no other topic exists for anyone.
    allowed: BTreeSet<String>,
    /// Topics an app needs a scope for.
    protected: BTreeSet<String>,
}

/// The topics an app is scoped to; `None` when no scope names the app.
type Scope = Option<BTreeSet<String>>;

impl TopicAccess {
    pub(super) fn read(component: &Component, app_id: &str) -> Result<Self, ResourceError> {
        let scope = |name| -> Result<Scope, ResourceError> {
            Ok(component.setting(name)?.and_then(|text| scope_of(app_id, text)))
        };
        let topics = |name| -> Result<BTreeSet<String>, ResourceError> {
            Ok(component.setting(name)?.map(topic_list).unwrap_or_default())
        };
        Ok(Self {
            publishing: scope("publishingScopes")?,
            subscribing: scope("subscriptionScopes")?,
            allowed: topics("allowedTopics")?,
            protected: topics("protectedTopics")?,
        })
    }

    pub(crate) fn may_publish(&self, topic: &str) -> bool {
        self.may_use(topic, &self.publishing)
    }

    pub(crate) fn may_subscribe(&self, topic: &str) -> bool {
        self.may_use(topic, &self.subscribing)
    }

    fn may_use(&self, topic: &str, scope: &Scope) -> bool {
        if !self.allowed.is_empty() && !self.allowed.contains(topic) {
            return false;
        }
        match scope {
            Some(topics) => topics.contains(topic),
            None => !self.protected.contains(topic),
        }
    }
}

/// `app1=t1,t2;app2=`: the part of `app_id`. An app that is named without topics gets none.
fn scope_of(app_id: &str, text: &str) -> Scope {
    let text = text.replace(' ', "");
    let mut topics: Scope = None;
    for (app, listed) in text.split(';').filter_map(|part| part.split_once('=')) {
        if app == app_id {
            topics.get_or_insert_default().extend(topic_list(listed));
        }
    }
    topics
}

fn topic_list(text: &str) -> BTreeSet<String> {
    text.split(',').map(|topic| topic.replace(' ', "")).filter(|topic| !topic.is_empty()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn access(publishing: &str, allowed: &str, protected: &str) -> TopicAccess {
        TopicAccess {
            publishing: scope_of("app", publishing),
            subscribing: None,
            allowed: topic_list(allowed),
            protected: topic_list(protected),
        }
    }

    #[test]
    fn without_scopes_everything_is_allowed() {
        assert!(access("", "", "").may_publish("a"));
    }

    #[test]
    fn a_scope_limits_the_app_it_names_and_no_other() {
        let limited = access("app=a, b;other=c", "", "");
        assert!(limited.may_publish("b"));
        assert!(!limited.may_publish("c"));
        assert!(access("other=c", "", "").may_publish("a"));
        assert!(!access("app=", "", "").may_publish("a"));
    }

    #[test]
    fn allowed_topics_bind_everyone() {
        assert!(!access("app=a", "b", "").may_publish("a"));
    }

    #[test]
    fn a_protected_topic_needs_a_scope() {
        assert!(!access("", "", "a").may_publish("a"));
        assert!(access("app=a", "", "a").may_publish("a"));
        assert!(access("", "", "a").may_publish("b"));
    }
}
