//! The sidecar hangs, then is gone, until it is tried only every ten seconds. The API is as fast as
//! ever, the tries are few, and what has gathered leaves within a minute of its return.

use std::net::TcpListener;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use rand::rngs::StdRng;
use serde_json::json;
use test_support::seed::pause;
use test_support::{Client, Resources, Seed, Sidecar, within};

use super::metric;

/// A longer run: `TASKMASTER_OUTAGE_SECONDS=600 cargo test -p e2e the_api_never_feels_an_outage`.
const VARIABLE: &str = "TASKMASTER_OUTAGE_SECONDS";
/// Failures in a row after which the pause is at its longest.
const AT_THE_CAP: f64 = 5.0;
/// The pauses up to there add up to 15 s, the tries of a sidecar that hangs to a few more.
const OUTAGE_MAX: Duration = Duration::from_secs(90);
/// What was promised of a return, whenever in a pause it comes.
const DRAINED_WITHIN: Duration = Duration::from_secs(60);
/// A try is a request for each of the two topics of a change.
const REQUESTS_OF_A_TRY: usize = 2;
/// Creates whose median is compared: as many as can be without making the test long.
const CREATES: usize = 150;
/// A median may be this much above the one of before, on a machine that does other things too. An
/// answer that waited for the sidecar would take two seconds.
const SLOWER_MAX: u32 = 3;
const NOISE: Duration = Duration::from_millis(20);
/// Between two writes of the user's program; in a longer run, those of some dozen people.
const GAP_MAX: Duration = Duration::from_millis(10);
const LONG_GAP_MAX: Duration = Duration::from_millis(100);

/// How much longer than it takes to see what is to be seen.
fn longer() -> Duration {
    let told = std::env::var(VARIABLE).ok();
    told.map_or(Duration::ZERO, |told| Duration::from_secs(told.parse().expect("seconds")))
}

/// How long answers took, sorted.
struct Latencies(Vec<Duration>);

impl Latencies {
    /// Of so many creates, or of as many as it takes until `is_over`.
    fn of(client: &Client, gaps: &mut StdRng, mut is_over: impl FnMut(usize) -> bool) -> Self {
        let gap_max = if longer().is_zero() { GAP_MAX } else { LONG_GAP_MAX };
        let mut took = Vec::new();
        while !is_over(took.len()) {
            let asked_at = Instant::now();
            client.create(json!({"title": format!("Task {}", took.len())}));
            took.push(asked_at.elapsed());
            pause(gaps, gap_max);
        }
        took.sort_unstable();
        Latencies(took)
    }

    fn at(&self, share: f64) -> Duration {
        self.0[((self.0.len() - 1) as f64 * share) as usize]
    }

    fn tell(&self, when: &str) {
        let Latencies(took) = self;
        let (half, most) = (self.at(0.5), self.at(0.99));
        eprintln!("{when}: {} creates, p50 {half:.1?}, p99 {most:.1?}", took.len());
    }
}

/// Stands at the sidecar's address, counts who knocks, and lets nobody in.
struct Doorman {
    knocks: Arc<AtomicUsize>,
}

impl Doorman {
    fn at(url: &str) -> Self {
        let address = url.trim_start_matches("http://");
        let listener = TcpListener::bind(address).expect("the sidecar's address is free");
        let knocks = Arc::new(AtomicUsize::new(0));
        let counted = Arc::clone(&knocks);
        thread::spawn(move || {
            for connection in listener.incoming() {
                let goes_on = Arc::strong_count(&counted) > 1;
                drop(connection);
                if !goes_on {
                    return;
                }
                counted.fetch_add(1, Ordering::Relaxed);
            }
        });
        Doorman { knocks }
    }

    fn knocks(&self) -> usize {
        self.knocks.load(Ordering::Relaxed)
    }

    /// Frees the address.
    fn leave(self, url: &str) {
        drop(self.knocks);
        // The last knock lets the thread see that nobody counts any more.
        let _ = std::net::TcpStream::connect(url.trim_start_matches("http://"));
    }
}

#[test]
fn the_api_never_feels_an_outage_and_the_outbox_is_empty_a_minute_after_it() {
    let gaps = &mut Seed::announce("an outage").generator(0);
    let (app, mut sidecar) = Sidecar::with_app(Resources::Checkout);
    let client = app.client().sign_up("outage@example.org");
    let healthy = Latencies::of(&client, gaps, |creates| creates >= CREATES);
    app.settle();

    sidecar.freeze();
    let failures = || metric(&client, "publish_failures");
    let begun = Instant::now();
    let hanging = Latencies::of(&client, gaps, |creates| {
        assert!(begun.elapsed() < OUTAGE_MAX, "it goes on trying");
        creates >= CREATES && failures() >= 2.0
    });
    sidecar.kill();
    let doorman = Doorman::at(&sidecar.url());
    let (tries_before, begun) = (failures(), Instant::now());
    let gone = Latencies::of(&client, gaps, |creates| {
        assert!(begun.elapsed() < OUTAGE_MAX + longer(), "it goes on trying");
        creates >= CREATES && begun.elapsed() >= longer() && failures() >= AT_THE_CAP
    });
    // One more may be under way.
    let tries = (failures() - tries_before) as usize + 1;
    assert!(doorman.knocks() <= tries * REQUESTS_OF_A_TRY, "{} knocks", doorman.knocks());
    let (knocks, waiting) = (doorman.knocks(), metric(&client, "outbox_pending"));
    doorman.leave(&sidecar.url());

    sidecar.start();
    let returned_at = Instant::now();
    let is_empty = || (metric(&client, "outbox_pending") == 0.0).then_some(());
    within(DRAINED_WITHIN, is_empty).expect("an empty outbox a minute after the return");
    let drained_in = returned_at.elapsed();
    for (latencies, when) in [(&healthy, "healthy"), (&hanging, "hanging"), (&gone, "gone")] {
        latencies.tell(when);
        let most = healthy.at(0.5) * SLOWER_MAX + NOISE;
        assert!(latencies.at(0.5) <= most, "{when}: the median is {:?}", latencies.at(0.5));
    }
    eprintln!(
        "{} writes met a dead sidecar: it was tried {knocks} times; {waiting} events left in \
         {drained_in:.1?} after its return",
        gone.0.len()
    );
    assert_eq!(failures(), 0.0);
    app.settle();
    app.stop();
}
