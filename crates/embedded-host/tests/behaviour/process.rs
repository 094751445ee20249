//! The binary: a real process that serves, dies where it is told to, and ends in order.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};

use tempfile::TempDir;
use test_support::probe;

use crate::app::manifest;

/// What a process killed by `abort` reports.
const SIGABRT: i32 = 6;

/// A folder with a manifest, for one process after another.
struct Site(TempDir);

/// A process that serves. It is killed with the value.
struct Server {
    process: Child,
    address: String,
}

/// A response as it came, or nothing when the connection ended before its head.
type Answer = Option<(u16, String)>;

impl Site {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("spin.toml"), manifest("")).unwrap();
        Self(folder)
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn serve(&self, more: &[&str]) -> Server {
        let mut process = Command::new(env!("CARGO_BIN_EXE_embedded-host"))
            .args(["up", "--no-sidecar", "--listen", "127.0.0.1:0", "--from"])
            .arg(self.path("spin.toml"))
            .arg("--state-dir")
            .arg(self.path("state"))
            .arg("--cache-dir")
            .arg(probe::cache_dir())
            .args(more)
            .stdout(Stdio::piped())
            .stderr(std::fs::File::create(self.path("log")).unwrap())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(process.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let address = line.trim().strip_prefix("Serving http://").expect("a ready line");
        Server { process, address: address.to_owned() }
    }
}

impl Server {
    /// In HTTP/1.0, whose responses simply end with their connection.
    fn send(&self, method: &str, path: &str, body: &str) -> Answer {
        let mut stream = TcpStream::connect(&self.address).ok()?;
        let length = body.len();
        let request = format!(
            "{method} {path} HTTP/1.0\r\nhost: probes.test\r\ncontent-length: {length}\r\n\r\n\
             {body}"
        );
        stream.write_all(request.as_bytes()).ok()?;
        let mut answer = String::new();
        // A process that dies resets the connection; what came before counts.
        let _ = stream.read_to_string(&mut answer);
        let (head, body) = answer.split_once("\r\n\r\n")?;
        let status = head.split(' ').nth(1)?.parse().ok()?;
        Some((status, body.to_owned()))
    }

    fn sql(&self, script: &str) -> Answer {
        self.send("POST", "/?op=sql", script)
    }

    fn ended(mut self) -> ExitStatus {
        self.process.wait().unwrap()
    }

    fn terminate(&self) {
        let id = self.process.id().to_string();
        assert!(Command::new("kill").args(["-TERM", &id]).status().unwrap().success());
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn body_of(answer: &Answer) -> &str {
    answer.as_ref().map_or("", |(_, body)| body.as_str())
}

/// Runs one insert that dies at `point`: whether the client heard of it, and the rows it left.
#[track_caller]
fn check(point: &str, heard: bool, rows: &str) {
    let site = Site::new();
    let first = site.serve(&[]);
    first.sql("CREATE TABLE rows(id INTEGER PRIMARY KEY, title)");
    drop(first);
    let server = site.serve(&["--crash-at", point]);
    let answer = server.sql("INSERT INTO rows(title) VALUES ('one')");
    assert_eq!(answer.is_some(), heard, "{point}: {answer:?}");
    assert_eq!(server.ended().signal(), Some(SIGABRT), "{point}");
    let after = site.serve(&[]);
    assert_eq!(body_of(&after.sql("SELECT count(*) FROM rows")), rows, "{point}");
}

#[test]
fn it_dies_before_or_after_exactly_the_call_it_is_told() {
    // 1 is the inbound request, 2 the statement, 3 the response head.
    check("before:1", false, "0\n");
    check("after:1", false, "0\n");
    check("before:2", false, "0\n");
    check("after:2", false, "1\n");
    check("before:3", false, "1\n");
    check("after:3", true, "1\n");
}

#[test]
fn every_host_call_is_logged_with_its_number() {
    let site = Site::new();
    let log = site.path("calls");
    let server = site.serve(&["--log-host-calls", log.to_str().unwrap()]);
    server.sql("SELECT 1\nSELECT 2");
    server.send("GET", "/?op=fetch&url=http://127.0.0.1:1/", "");
    let told = std::fs::read_to_string(&log).unwrap();
    expect_test::expect![[r#"
        1 inbound probe POST /
        2 sql probe SELECT 1
        3 sql probe SELECT 2
        4 response-head probe 200
        5 inbound probe GET /
        6 outbound probe GET http://127.0.0.1:1/
        7 response-head probe 200
    "#]]
    .assert_eq(&told);
}

#[test]
fn a_denied_request_is_logged_with_the_line_that_would_allow_it() {
    let site = Site::new();
    let server = site.serve(&[]);
    let told = server.send("GET", "/?op=fetch&url=http://denied.test:81/x", "");
    assert_eq!(body_of(&told), "error: ErrorCode::HttpRequestDenied");
    let log = std::fs::read_to_string(site.path("log")).unwrap();
    let line = "To allow this request, add 'allowed_outbound_hosts = [\"http://denied.test:81\"]' to \
                the manifest component section.";
    assert!(log.contains(line), "{log}");
}

#[test]
fn what_a_guest_prints_is_logged_under_its_components_id() {
    let site = Site::new();
    let server = site.serve(&["--log-format", "json"]);
    server.send("GET", "/?op=print", "");
    let log = std::fs::read_to_string(site.path("log")).unwrap();
    let lines: Vec<serde_json::Value> =
        log.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let printed = |text: &str| {
        lines.iter().any(|line| line["component"] == "probe" && line["message"] == text)
    };
    assert!(printed("to stdout") && printed("to stderr"), "{log}");
}

#[test]
fn a_terminated_process_finishes_what_it_has_begun() {
    let site = Site::new();
    let ready = site.path("ready");
    let server = site.serve(&["--ready-file", ready.to_str().unwrap()]);
    wait_for(&ready);
    assert_eq!(std::fs::read_to_string(&ready).unwrap(), server.address);
    server.sql("CREATE TABLE rows(id INTEGER PRIMARY KEY, title)");
    let later = "/?op=after&ms=300&sql=INSERT%20INTO%20rows(title)%20VALUES%20(1)";
    assert_eq!(server.send("GET", later, "").map(|(status, _)| status), Some(202));
    server.terminate();
    assert!(server.ended().success());
    let after = site.serve(&[]);
    assert_eq!(body_of(&after.sql("SELECT count(*) FROM rows")), "1\n");
}

#[test]
fn a_terminated_process_does_not_wait_beyond_its_deadline() {
    let site = Site::new();
    let server = site.serve(&["--drain-seconds", "0"]);
    assert!(server.send("GET", "/?op=after&ms=600000", "").is_some());
    server.terminate();
    assert!(server.ended().success());
}

#[test]
fn a_request_without_a_host_is_a_500() {
    let server = Site::new().serve(&[]);
    let mut stream = TcpStream::connect(&server.address).unwrap();
    stream.write_all(b"GET / HTTP/1.0\r\n\r\n").unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.0 500"), "{answer}");
}

#[test]
fn a_start_that_fails_says_why_and_ends() {
    let site = Site::new();
    std::fs::write(site.path("spin.toml"), "spin_manifest_version = 3").unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_embedded-host"))
        .args(["up", "--listen", "127.0.0.1:0", "--from"])
        .arg(site.path("spin.toml"))
        .output()
        .unwrap();
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(!output.status.success());
    assert!(told.contains("write spin_manifest_version = 2"), "{told}");
    assert!(told.contains("add [[trigger.http]]"), "{told}");
}

/// Waits until the file is there; the test's own time limit is the only one.
fn wait_for(file: &Path) {
    while !file.exists() {
        std::thread::yield_now();
    }
}
