//! What a sidecar does. Each case is written once against a sidecar and its app, and runs against
//! every sidecar there is: the embedded one always, daprd when `DAPRD` says where it is.
//!
//! The path of a case is its place in the specification. A case knows no sidecar in particular.

#![expect(clippy::expect_used, reason = "a case that cannot go on says where and why")]

mod cases;
mod differences;
mod engine;

use std::future::Future;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use libtest_mimic::{Arguments, Failed, Trial};

use engine::{Daprd, Engine};
use real_engines::DAPRD;

/// Most of the time a case waits for its processes, and those for each other.
const CASES_AT_ONCE: usize = 8;

/// One sentence of the specification.
#[derive(Clone, Copy)]
struct Case {
    name: &'static str,
    run: for<'a> fn(&'a Engine) -> Running<'a>,
}

/// A case that is under way.
type Running<'a> = Pin<Box<dyn Future<Output = ()> + 'a>>;

/// How many cases a sidecar agreed with.
#[derive(Default)]
struct Agreements {
    embedded: AtomicUsize,
    daprd: AtomicUsize,
    listed: AtomicUsize,
}

#[expect(clippy::print_stdout, reason = "the closing line of a test runner")]
fn main() -> ExitCode {
    let mut arguments = Arguments::from_args();
    arguments.test_threads.get_or_insert(CASES_AT_ONCE);
    let cases = cases::all();
    let agreements = Arc::new(Agreements::default());
    let (daprd, scheduler) = Daprd::of_environment().unzip();
    let daprd = daprd.map(Arc::new);
    let mut trials = vec![differences::are_documented(&cases)];
    for case in cases.iter().copied() {
        trials.push(on_embedded(case, &agreements));
        if let Some(daprd) = &daprd {
            trials.push(on_daprd(case, daprd, &agreements));
        }
    }
    let conclusion = libtest_mimic::run(&arguments, trials);
    if !arguments.list {
        println!("{}", summary(cases.len(), &agreements, daprd.as_deref()));
    }
    // Nothing is dropped once the program exits, and this is a process of ours.
    drop(scheduler);
    conclusion.exit_code()
}

fn on_embedded(case: Case, agreements: &Arc<Agreements>) -> Trial {
    let agreements = Arc::clone(agreements);
    Trial::test(format!("embedded::{}", case.name), move || {
        holds(case, &Engine::Embedded)?;
        agreements.embedded.fetch_add(1, Ordering::Relaxed);
        Ok(())
    })
}

/// A case that is listed as a difference has to be one: a list that is out of date is a lie.
fn on_daprd(case: Case, daprd: &Arc<Daprd>, agreements: &Arc<Agreements>) -> Trial {
    let (engine, agreements) = (Engine::Daprd(Arc::clone(daprd)), Arc::clone(agreements));
    Trial::test(format!("daprd::{}", case.name), move || {
        let held = holds(case, &engine);
        if differences::reason(case.name).is_none() {
            held?;
            agreements.daprd.fetch_add(1, Ordering::Relaxed);
            return Ok(());
        }
        if held.is_ok() {
            return Err("daprd does the same: take the case off the list of differences".into());
        }
        agreements.listed.fetch_add(1, Ordering::Relaxed);
        Ok(())
    })
}

fn holds(case: Case, engine: &Engine) -> Result<(), Failed> {
    let run = AssertUnwindSafe(|| engine.runtime().block_on((case.run)(engine)));
    catch_unwind(run).map_err(|panic| {
        let text = panic.downcast_ref::<String>().cloned();
        let text = text.or_else(|| panic.downcast_ref::<&str>().map(ToString::to_string));
        text.unwrap_or_else(|| "the case panicked".to_owned()).into()
    })
}

fn summary(cases: usize, agreements: &Agreements, daprd: Option<&Daprd>) -> String {
    let count = |counter: &AtomicUsize| counter.load(Ordering::Relaxed);
    let embedded = count(&agreements.embedded);
    let mut text =
        format!("Conformance: {cases} cases. Embedded sidecar: {embedded} as specified. ");
    match daprd {
        None => text.push_str(&format!("daprd: not asked, {DAPRD} is not set.")),
        Some(daprd) => {
            let (agreed, listed) = (count(&agreements.daprd), count(&agreements.listed));
            let version = daprd.version();
            text.push_str(&format!(
                "daprd {version}: {agreed} agree, {listed} differ as docs/SIDECAR.md lists."
            ));
        }
    }
    text
}
