//! When something is done, and by whom. Arrivals keep their times whatever the app does; what
//! cannot begin at once waits in line.

use std::sync::Mutex;
use std::sync::PoisonError;
use std::sync::mpsc::{Receiver, Sender};
use std::thread;
use std::time::{Duration, Instant};

use crate::dice::{Part, exponential, generator};
use crate::run::{PEOPLE_MAX, Run};

use super::deed::Deed;
use super::work::perform;

/// Every so many arrivals somebody new comes, until everybody is there.
const DEEDS_PER_SIGN_UP: u64 = 400;

#[derive(Clone, Copy, Debug)]
pub(crate) enum Arrival {
    Deed { number: u64, deed: Deed },
    Newcomer { number: u64, person: u64 },
}

/// Sends arrivals at random moments, so many a second on average, until the run is over.
pub(crate) fn arrive(run: &Run, line: &Sender<Arrival>) {
    let mut dice = generator(run.plan.seed, Part::Arrivals);
    let mean = Duration::from_secs_f64(1.0 / run.plan.arrivals_per_second);
    let mut at = Instant::now();
    let mut newcomer = run.people.all().len() as u64;
    for number in 1.. {
        at += exponential(&mut dice, mean);
        thread::sleep(at.saturating_duration_since(Instant::now()));
        if run.is_over() {
            return;
        }
        let is_newcomer = number % DEEDS_PER_SIGN_UP == 0 && newcomer < PEOPLE_MAX;
        let arrival = if is_newcomer {
            newcomer += 1;
            Arrival::Newcomer { number, person: newcomer }
        } else {
            Arrival::Deed { number, deed: Deed::draw(&mut dice) }
        };
        // Whoever works them off ends later than this.
        let _ = line.send(arrival);
    }
}

/// Takes arrivals from the line, one after the other, until nobody adds to it any more. Who has
/// not begun when the run is over goes home.
pub(crate) fn work_off(run: &Run, line: &Mutex<Receiver<Arrival>>) {
    loop {
        let next = line.lock().unwrap_or_else(PoisonError::into_inner).recv();
        let Ok(arrival) = next else { return };
        if run.is_over() {
            continue;
        }
        match arrival {
            Arrival::Deed { number, deed } => {
                let mut dice = generator(run.plan.seed, Part::Deed(number));
                if let Some(person) = run.people.one(&mut dice) {
                    perform(run, &person, deed, &mut dice);
                }
            }
            Arrival::Newcomer { number, person } => {
                let mut dice = generator(run.plan.seed, Part::Deed(number));
                run.people.welcome(run, person, &mut dice);
            }
        }
    }
}
