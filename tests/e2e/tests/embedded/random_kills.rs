//! kill -9 of the sidecar at random moments while several people work.

use test_support::seed::pause;
use test_support::{Resources, Seed, Sidecar};

use crate::random_kills::{LIFE_MAX, check, people, people_work};

const KILLS: usize = 20;

#[test]
fn killing_the_sidecar_at_random_loses_nothing_and_doubles_nothing() {
    let seed = Seed::announce("killing the sidecar");
    let (app, mut sidecar) = Sidecar::with_app(Resources::with_cron_every_second());
    let clients = people(&app);
    let ((), told) = people_work(&clients, seed, || {
        let mut generator = seed.generator(0);
        for _ in 0..KILLS {
            pause(&mut generator, LIFE_MAX);
            sidecar.kill();
            pause(&mut generator, LIFE_MAX);
            sidecar.start();
        }
    });
    check(&app, &clients, &told);
    app.stop();
}
