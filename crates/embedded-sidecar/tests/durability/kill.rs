//! `kill -9` at any moment loses no acknowledged event.

use std::path::Path;
use std::sync::mpsc;

use rand::RngExt as _;
use serde_json::json;

use crate::support::{HttpApp, PUBSUB, SidecarProcess, subscription};

const EVENTS: usize = 200;
/// Acknowledgements before a kill: fewer than this, so that there are at least as many kills as
/// this divides the events.
const ACKNOWLEDGED_PER_LIFE: usize = 20;
/// Publishers at the same time: a kill hits some of them between request and answer.
const PUBLISHERS: usize = 4;

#[tokio::test(flavor = "multi_thread")]
async fn every_acknowledged_event_is_delivered_whenever_the_sidecar_is_killed() {
    let dir = tempfile::tempdir().expect("a directory");
    std::fs::create_dir(dir.path().join("resources")).expect("a folder");
    std::fs::write(dir.path().join("resources/ps.yaml"), PUBSUB).expect("a file");
    let app = HttpApp::start(json!([subscription("t")])).await;
    let (mut acknowledged, mut kills) = (Vec::new(), 0);
    while acknowledged.len() < EVENTS {
        let (path, port, life) = (dir.path().to_owned(), app.port, kills);
        let lived = tokio::task::spawn_blocking(move || publish_until_killed(&path, port, life));
        acknowledged.extend(lived.await.expect("no panic"));
        kills += 1;
    }
    let (path, port) = (dir.path().to_owned(), app.port.to_string());
    let start = move || SidecarProcess::start(&path, &["--app-port", &port]);
    let _last_life = tokio::task::spawn_blocking(start).await.expect("no panic");
    app.got_all(&acknowledged).await;
    assert!(kills > EVENTS / ACKNOWLEDGED_PER_LIFE / 2, "{kills} kills");
}

/// One life of the sidecar: it ends a random number of acknowledgements after its start. Returns
/// what was acknowledged, as the `data` of the events.
fn publish_until_killed(dir: &Path, app_port: u16, life: usize) -> Vec<String> {
    let sidecar = SidecarProcess::start(dir, &["--app-port", &app_port.to_string()]);
    let url = format!("{}/v1.0/publish/ps/t", sidecar.api);
    let (acknowledge, acknowledgements) = mpsc::channel();
    let publishers: Vec<_> = (0..PUBLISHERS)
        .map(|publisher| {
            let (url, acknowledge) = (url.clone(), acknowledge.clone());
            std::thread::spawn(move || publish_until_refused(&url, life, publisher, &acknowledge))
        })
        .collect();
    drop(acknowledge);
    let before_the_kill = rand::rng().random_range(1..ACKNOWLEDGED_PER_LIFE);
    let mut acknowledged: Vec<String> = acknowledgements.iter().take(before_the_kill).collect();
    sidecar.kill();
    for publisher in publishers {
        publisher.join().expect("no panic");
    }
    acknowledged.extend(acknowledgements.iter());
    acknowledged
}

fn publish_until_refused(
    url: &str,
    life: usize,
    publisher: usize,
    acknowledge: &mpsc::Sender<String>,
) {
    let agent = ureq::agent();
    for n in 0.. {
        let event = json!(format!("{life}-{publisher}-{n}")).to_string();
        let answer = agent.post(url).content_type("application/json").send(&event);
        match answer {
            Ok(answer) if answer.status() == 204 => {
                acknowledge.send(event).expect("the test listens");
            }
            _ => return,
        }
    }
}
