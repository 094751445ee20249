//! `jobs`: the list of what is scheduled.

use serde_json::{Value, json};

use crate::support::{SidecarProcess, binary};

#[test]
fn jobs_are_listed_in_the_order_they_are_due_while_the_sidecar_runs() {
    let dir = tempfile::tempdir().expect("a directory");
    std::fs::create_dir(dir.path().join("resources")).expect("a folder");
    let sidecar = SidecarProcess::start(dir.path(), &[]);
    for (name, due_time) in [("later", "2100-01-02T00:00:00Z"), ("sooner", "2100-01-01T00:00:00Z")]
    {
        let job = json!({"dueTime": due_time, "data": {"of": name}}).to_string();
        let url = format!("{}/v1.0/jobs/{name}", sidecar.api);
        ureq::post(&url).content_type("application/json").send(&job).expect("scheduled");
    }
    let list = |arguments: &[&str]| {
        let output = binary()
            .args(["jobs", "--data-dir"])
            .arg(dir.path().join("data"))
            .args(arguments)
            .output()
            .expect("it runs");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).expect("text")
    };
    let lines: Vec<Value> = list(&["--json"])
        .lines()
        .map(|line| serde_json::from_str(line).expect("a JSON line"))
        .collect();
    assert_eq!(lines.len(), 2);
    let expected = json!({
        "name": "sooner",
        "due_at": "2100-01-01T00:00:00.000Z",
        "ticks_done": 0,
        "failures": 0,
        "job": {
            "dueTime": "2100-01-01T00:00:00Z",
            "data": {"of": "sooner"},
            "failurePolicy": {"constant": {"interval": "1s", "maxRetries": 3}},
        },
    });
    assert_eq!(lines[0], expected);
    let text = list(&[]);
    assert!(text.starts_with("2100-01-01T00:00:00.000Z sooner ticks=0 failures=0 {"), "{text}");
}

#[test]
fn without_a_store_it_says_so() {
    let dir = tempfile::tempdir().expect("a directory");
    let output = binary().args(["jobs", "--data-dir"]).arg(dir.path()).output().expect("it runs");
    assert!(!output.status.success());
    assert!(String::from_utf8_lossy(&output.stderr).contains("there is no job store in"));
}
