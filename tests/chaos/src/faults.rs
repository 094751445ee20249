//! What breaks, and when: each kind of fault comes at random moments of its own, so that several
//! may come together.

use std::thread::Scope;
use std::time::{Duration, Instant};

use rand::RngExt;
use rand::rngs::StdRng;

use crate::dice::{Part, between, exponential, generator};
use crate::run::Run;
use crate::tally::Count;

/// How far apart faults of a kind are, on average. The kills are some 45 a minute on either engine.
/// Each death of the host leaves a lease behind that has to run out before anything is published
/// again, so where there are sessions to end, it dies less often.
const HOST_KILLS: Duration = Duration::from_millis(3_500);
const HOST_KILLS_BESIDE_BACKENDS: Duration = Duration::from_millis(6_000);
const SIDECAR_KILLS: Duration = Duration::from_millis(2_200);
const SIDECAR_KILLS_BESIDE_BACKENDS: Duration = Duration::from_millis(4_000);
const BACKEND_KILLS: Duration = Duration::from_millis(2_500);
const RESETS: Duration = Duration::from_secs(4);
const PAUSES: Duration = Duration::from_secs(20);
const STORMS: Duration = Duration::from_secs(8);

/// How long who was killed stays away.
const AWAY_MS: (u64, u64) = (0, 400);
/// A pause may outlast the publish timeout, but not a lease.
const PAUSE_MS: (u64, u64) = (100, 3_000);
const STORM_MS: (u64, u64) = (500, 4_000);
/// Sessions ended at once; the app has some dozen.
const BACKENDS_MAX: u32 = 3;

pub(crate) fn begin<'s, 'e>(run: &'e Run, scope: &'s Scope<'s, 'e>) {
    let has_backends = run.stage.has_backends();
    let (host_kills, sidecar_kills) = match has_backends {
        true => (HOST_KILLS_BESIDE_BACKENDS, SIDECAR_KILLS_BESIDE_BACKENDS),
        false => (HOST_KILLS, SIDECAR_KILLS),
    };
    scope.spawn(move || {
        at_random(run, Part::HostKills, host_kills, |dice| {
            let away = between(dice, AWAY_MS.0, AWAY_MS.1);
            run.stage.kill_host(&run.tally, away, dice);
        });
    });
    scope.spawn(move || {
        at_random(run, Part::SidecarKills, sidecar_kills, |dice| {
            run.stage.kill_sidecar(&run.tally, between(dice, AWAY_MS.0, AWAY_MS.1));
        });
    });
    if has_backends {
        scope.spawn(move || {
            at_random(run, Part::BackendKills, BACKEND_KILLS, |dice| {
                let killed = run.stage.kill_backends(dice.random_range(1..=BACKENDS_MAX));
                run.tally.add_many(Count::BackendKills, killed);
            });
        });
    }
    scope.spawn(move || at_random(run, Part::Resets, RESETS, |dice| reset(run, dice)));
    scope.spawn(move || at_random(run, Part::Pauses, PAUSES, |dice| pause(run, dice)));
    scope.spawn(move || at_random(run, Part::Storms, STORMS, |dice| storm(run, dice)));
}

/// Moments come at their own rate, however long what happens at them takes.
fn at_random(run: &Run, part: Part, mean: Duration, mut happen: impl FnMut(&mut StdRng)) {
    let mut dice = generator(run.plan.seed, part);
    let mut moment = Instant::now();
    loop {
        moment += exponential(&mut dice, mean);
        if !run.waits_until(moment) {
            return;
        }
        happen(&mut dice);
    }
}

fn reset(run: &Run, dice: &mut StdRng) {
    let (share, salt) = (dice.random_range(0.1..=1.0), dice.random());
    if run.stage.has_backends() && dice.random_bool(0.4) {
        run.stage.cut_database_off(share, salt);
    } else {
        run.stage.cut_people_off(share, salt);
    }
    run.tally.add(Count::Resets);
}

fn pause(run: &Run, dice: &mut StdRng) {
    let pause = between(dice, PAUSE_MS.0, PAUSE_MS.1);
    match dice.random_bool(0.5) {
        true => run.stage.pause_host(pause),
        false => run.stage.pause_sidecar(pause),
    }
    run.tally.add(Count::Pauses);
}

fn storm(run: &Run, dice: &mut StdRng) {
    match dice.random_range(0..3) {
        0 => run.stage.storm_to_sidecar(),
        1 => run.stage.storm_to_app(),
        _ => {
            run.stage.storm_to_sidecar();
            run.stage.storm_to_app();
        }
    }
    run.waits_until(Instant::now() + between(dice, STORM_MS.0, STORM_MS.1));
    run.stage.drizzle();
}
