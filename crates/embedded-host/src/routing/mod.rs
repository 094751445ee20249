//! Which component answers a path, with Spin's precedence.
//!
//! An exact segment beats a `:parameter`, which beats the trailing `/...`; of two wildcards the
//! longer prefix wins, and `/users/...` answers `/users` too. It knows routes and component ids
//! only, no request.

pub(crate) mod spin_headers;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use routefinder::RouteSpec;

use crate::manifest::{HttpTrigger, TriggerRoute};

/// Paths under it belong to the host, whatever the manifest says.
pub(crate) const WELL_KNOWN_PREFIX: &str = "/.well-known/spin/";

/// The routes of an application.
#[derive(Debug)]
pub(crate) struct Router {
    routes: routefinder::Router<Arc<Route>>,
    in_order: Vec<Arc<Route>>,
}

/// A public route of the manifest.
#[derive(Debug, PartialEq, Eq)]
pub struct Route {
    /// As written in the manifest.
    pub pattern: String,
    pub component: String,
    /// As matched: absolute and without a trailing slash.
    pub(crate) based: String,
}

/// A route and what its pattern captured from a path.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct RouteMatch {
    pub route: Arc<Route>,
    /// What `/...` stood for, with its leading slash.
    pub path_info: String,
    pub parameters: Vec<(String, String)>,
}

#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum RouteError {
    #[error("the route {pattern:?} of component {component} is malformed: {reason}")]
    Malformed { pattern: String, component: String, reason: String },
}

impl Router {
    /// Of two equal routes the last wins, with an error in the log, as Spin has it.
    pub(crate) fn build(triggers: &[HttpTrigger]) -> Result<Self, RouteError> {
        let mut in_order: Vec<Arc<Route>> = Vec::new();
        for trigger in triggers {
            let TriggerRoute::Public(pattern) = &trigger.route else { continue };
            let based = without_trailing_slash(&absolute(pattern)).to_owned();
            let component = trigger.component.clone();
            let route = Arc::new(Route { pattern: pattern.clone(), component, based });
            match in_order.iter_mut().find(|earlier| earlier.based == route.based) {
                Some(earlier) => {
                    tracing::error!(
                        route = pattern,
                        component = earlier.component,
                        "this route is a duplicate and will never be used: {} has it",
                        route.component
                    );
                    *earlier = route;
                }
                None => in_order.push(route),
            }
            if pattern.starts_with(WELL_KNOWN_PREFIX) {
                tracing::error!(route = pattern, "this route is the host's own, never reached");
            }
        }
        let mut routes = routefinder::Router::new();
        for route in &in_order {
            let malformed = |reason: String| RouteError::Malformed {
                pattern: route.pattern.clone(),
                component: route.component.clone(),
                reason,
            };
            let spec: RouteSpec = spec_text(&route.based).parse().map_err(malformed)?;
            // Adding a parsed spec cannot fail.
            let Ok(()) = routes.add(spec, Arc::clone(route));
        }
        Ok(Self { routes, in_order })
    }

    pub(crate) fn route(&self, path: &str) -> Option<RouteMatch> {
        let found = self.routes.best_match(path)?;
        let captures = found.captures();
        let path_info = captures.wildcard().map(|rest| path_info(rest, path)).unwrap_or_default();
        let parameters =
            captures.iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
        Some(RouteMatch { route: Arc::clone(found.handler()), path_info, parameters })
    }

    /// The public routes, in manifest order.
    pub(crate) fn routes(&self) -> impl Iterator<Item = &Route> {
        self.in_order.iter().map(Arc::as_ref)
    }
}

impl Route {
    /// The pattern without its trailing wildcard.
    pub(crate) fn pattern_prefix(&self) -> &str {
        self.pattern.strip_suffix("/...").unwrap_or(&self.pattern)
    }
}

impl RouteMatch {
    /// What a component sees when another one calls it by name: all paths are its own.
    pub(crate) fn chained(component: &str, path: &str) -> Self {
        let everything = "/...".to_owned();
        let route = Route {
            pattern: everything.clone(),
            component: component.to_owned(),
            based: everything,
        };
        Self { route: Arc::new(route), path_info: path.to_owned(), parameters: Vec::new() }
    }
}

fn absolute(pattern: &str) -> String {
    if pattern.starts_with('/') { pattern.to_owned() } else { format!("/{pattern}") }
}

fn without_trailing_slash(pattern: &str) -> &str {
    pattern.strip_suffix('/').unwrap_or(pattern)
}

fn spec_text(based: &str) -> String {
    based.strip_suffix("/...").map_or(based.to_owned(), |prefix| format!("{prefix}/*"))
}

/// The matcher drops slashes at both ends of a wildcard; Spin's guests expect them.
fn path_info(rest: &str, path: &str) -> String {
    let closing = if path.ends_with('/') { "/" } else { "" };
    if rest.is_empty() { closing.to_owned() } else { format!("/{rest}{closing}") }
}
