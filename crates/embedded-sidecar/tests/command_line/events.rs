//! `events`: the console consumer.

use std::io::{BufRead, BufReader};
use std::process::Stdio;

use serde_json::Value;

use crate::support::{PUBSUB, SidecarProcess, binary};

fn started() -> (tempfile::TempDir, SidecarProcess) {
    let dir = tempfile::tempdir().expect("a directory");
    std::fs::create_dir(dir.path().join("resources")).expect("a folder");
    std::fs::write(dir.path().join("resources/ps.yaml"), PUBSUB).expect("a file");
    let sidecar = SidecarProcess::start(dir.path(), &[]);
    (dir, sidecar)
}

fn publish(sidecar: &SidecarProcess, topic_and_query: &str, event: &str) {
    let url = format!("{}/v1.0/publish/ps/{topic_and_query}", sidecar.api);
    ureq::post(&url).content_type("application/json").send(event).expect("published");
}

#[test]
fn topics_are_printed_in_order_while_the_sidecar_runs() {
    let (dir, sidecar) = started();
    publish(&sidecar, "t?metadata.partitionKey=user-1", "1");
    publish(&sidecar, "u", "2");
    publish(&sidecar, "t?metadata.partitionKey=user-1", "3");
    let print = |arguments: &[&str]| {
        let output = binary()
            .args(["events", "--json", "--data-dir"])
            .arg(dir.path().join("data"))
            .args(arguments)
            .output()
            .expect("it runs");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let lines: Vec<Value> = String::from_utf8(output.stdout)
            .expect("text")
            .lines()
            .map(|line| serde_json::from_str(line).expect("a JSON line"))
            .collect();
        lines
    };
    let data = |lines: &[Value]| -> Vec<Value> {
        lines.iter().map(|line| line["event"]["data"].clone()).collect()
    };
    assert_eq!(data(&print(&[])), [1, 2, 3]);
    let on_t = print(&["--topic", "t"]);
    assert_eq!(data(&on_t), [1, 3]);
    let place =
        |line: &Value| (line["key"].clone(), line["partition"].clone(), line["offset"].clone());
    assert_eq!(place(&on_t[1]), ("user-1".into(), 4.into(), 1.into()));
}

#[test]
fn following_prints_what_comes_later() {
    let (dir, sidecar) = started();
    let mut follower = binary()
        .args(["events", "--follow", "--data-dir"])
        .arg(dir.path().join("data"))
        .stdout(Stdio::piped())
        .spawn()
        .expect("it starts");
    let mut lines = BufReader::new(follower.stdout.take().expect("a pipe")).lines();
    for n in ["1", "2"] {
        publish(&sidecar, "t", n);
        let line = lines.next().expect("a line").expect("text");
        assert!(line.contains(&format!(r#""data":{n},"#)), "{line}");
    }
    follower.kill().expect("it is ours to kill");
    follower.wait().expect("it ends");
}

#[test]
fn without_a_log_it_says_so() {
    let dir = tempfile::tempdir().expect("a directory");
    let output = binary().args(["events", "--data-dir"]).arg(dir.path()).output().expect("it runs");
    assert!(!output.status.success());
    assert!(String::from_utf8_lossy(&output.stderr).contains("there is no event log in"));
}
