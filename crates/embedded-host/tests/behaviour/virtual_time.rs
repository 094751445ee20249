//! Time that the test controls: no guest can tell it from the real one.

use std::time::Duration;

use tokio::time::Instant;

use crate::app::{App, EPOCH_SECONDS};

#[tokio::test(start_paused = true)]
async fn both_clocks_of_a_guest_are_the_tests() {
    let app = App::start().await;
    let read = || async {
        let told = app.get_text("/?op=clock").await;
        let (wall, monotonic) = told.split_once(' ').unwrap();
        (wall.parse::<u64>().unwrap(), monotonic.parse::<u64>().unwrap())
    };
    let (wall, monotonic) = read().await;
    assert!((EPOCH_SECONDS..EPOCH_SECONDS + 60).contains(&wall), "{wall}");
    tokio::time::advance(Duration::from_secs(86_400)).await;
    let (later_wall, later_monotonic) = read().await;
    assert_eq!(later_wall - wall, 86_400);
    assert_eq!(later_monotonic - monotonic, 86_400_000);
}

#[tokio::test(start_paused = true)]
async fn an_hour_of_sleep_takes_no_time() {
    let app = App::start().await;
    let (virtual_start, real_start) = (Instant::now(), std::time::Instant::now());
    assert_eq!(app.get_text("/?op=sleep&ms=3600000").await, "slept");
    assert_eq!(virtual_start.elapsed(), Duration::from_secs(3600));
    assert!(real_start.elapsed() < Duration::from_secs(60));
}
