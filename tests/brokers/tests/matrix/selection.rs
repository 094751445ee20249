//! Which trials there are: everything, or what a change is tried with before it is taken. Names
//! narrow either down.

use std::env;

use crate::scenarios::{self, Scenario};
use crate::setting::Setting;

/// Unset or `all`: everything, in most of an hour. `short`: a choice of two minutes, without what
/// waits for Redis to hand out again what a killed sidecar held.
const VARIABLE: &str = "TASKMASTER_TEST_MATRIX";

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Selection {
    All,
    Short,
}

impl Selection {
    pub(crate) fn of_this_run() -> Self {
        match env::var(VARIABLE).as_deref() {
            Err(env::VarError::NotPresent) | Ok("all") => Selection::All,
            Ok("short") => Selection::Short,
            other => panic!("{VARIABLE} is {other:?}; it may be all or short"),
        }
    }

    /// In an order in which each stage is set once.
    pub(crate) fn trials(self) -> impl Iterator<Item = (Setting, &'static Scenario)> {
        Setting::all().flat_map(move |setting| {
            let scenarios = scenarios::ALL.iter();
            let chosen = scenarios.filter(move |scenario| match self {
                Selection::All => scenario.runs_in(setting),
                Selection::Short => scenario.runs_in(setting) && scenario.is_in_short(setting),
            });
            chosen.map(move |scenario| (setting, scenario))
        })
    }
}
