//! The app behind Dapr's own sidecar and scheduler, on each broker: the same components, the same
//! names, another folder of resources. What was tried, with what, and how it went is one table.
//!
//! A trial is called `<broker>::<one_app|five_apps|dapr_1_16>::<what is true when it passes>`, and
//! any part of that as an argument chooses those that contain it. `TASKMASTER_TEST_MATRIX=short`
//! leaves a choice of at most five minutes. `TASKMASTER_TEST_OUTAGE_S` says how long a broker is
//! away, and `TASKMASTER_TEST_DATABASE=postgres` where the rows are.

#![expect(clippy::expect_used, reason = "what is expected here is what is tested")]

mod clock;
mod components;
mod people;
mod report;
mod scenarios;
mod selection;
mod setting;
mod stage;

use std::process::ExitCode;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use libtest_mimic::{Arguments, Trial};

use crate::components::Components;
use crate::report::Report;
use crate::scenarios::Scenario;
use crate::selection::Selection;
use crate::setting::Setting;
use crate::stage::Stage;

fn main() -> ExitCode {
    // Brokers are large, and each test waits more than it works.
    let arguments = Arguments { test_threads: Some(1), ..Arguments::from_args() };
    let matrix = Arc::new(Matrix::default());
    let trials = Selection::of_this_run().trials().map(|(setting, scenario)| {
        let matrix = Arc::clone(&matrix);
        Trial::test(format!("{setting}::{}", scenario.name), move || {
            matrix.play(setting, scenario);
            Ok(())
        })
    });
    let conclusion = libtest_mimic::run(&arguments, trials.collect());
    matrix.end();
    conclusion.exit_code()
}

/// The stage that is set now, and what was played so far.
#[derive(Default)]
struct Matrix {
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    stage: Option<Stage>,
    report: Report,
}

impl Matrix {
    /// Plays it on the stage of its setting, which stays for the next one unless this one fails.
    fn play(&self, setting: Setting, scenario: &Scenario) {
        let mut stage = self.stage(setting);
        let row = self.state().report.begin(&stage, scenario.name);
        let figures = (scenario.play)(&mut stage);
        stage.settle();
        let mut state = self.state();
        state.report.passed(row, figures);
        state.stage = Some(stage);
    }

    /// One at a time: that of the last scenario ends before another begins.
    fn stage(&self, setting: Setting) -> Stage {
        let last = self.state().stage.take();
        match last {
            Some(stage) if stage.setting == setting => stage,
            last => {
                if let Some(last) = last {
                    last.end();
                }
                let stage = Stage::set(setting);
                self.state().report.name_components(stage.components());
                stage
            }
        }
    }

    /// Tells everything, and ends what the last scenario left.
    #[expect(clippy::print_stdout, reason = "the table is what these tests are run for")]
    fn end(&self) {
        let mut state = self.state();
        println!("{}", state.report);
        if let Some(stage) = state.stage.take() {
            stage.end();
            state.report.name_components(&Components::read());
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
