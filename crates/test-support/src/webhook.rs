//! Somebody's webhook: takes what it is told, and keeps it with the moment it came.

#![expect(clippy::expect_used, reason = "whoever tells nothing that can be read fails the test")]

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::mpsc::{self, Receiver};
use std::thread;

use chrono::{DateTime, Utc};
use serde_json::Value;

const TAKEN: &[u8] = b"HTTP/1.1 204 No Content\r\nconnection: close\r\n\r\n";

/// What came, and when.
pub type Told = (DateTime<Utc>, Value);

/// Where it is, and what comes there. It serves until the process ends.
pub fn start() -> (String, Receiver<Told>) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let url = format!("http://{}/hook", listener.local_addr().expect("an address"));
    let (sender, told) = mpsc::channel();
    thread::spawn(move || {
        for mut connection in listener.incoming().flatten() {
            let sender = sender.clone();
            // Each on its own, so that nobody waits for another's message.
            thread::spawn(move || {
                let message = read(&connection);
                let arrived_at = now();
                connection.write_all(TAKEN).expect("somebody who waits");
                // Nobody may be left who wants to know.
                let _ = sender.send((arrived_at, message));
            });
        }
    });
    (url, told)
}

/// The clock by which people see that something comes.
#[expect(clippy::disallowed_methods, reason = "the app under test lives in real time")]
pub fn now() -> DateTime<Utc> {
    Utc::now()
}

fn read(connection: &TcpStream) -> Value {
    let mut reader = BufReader::new(connection);
    let head = reader.by_ref().lines().map_while(Result::ok).take_while(|line| !line.is_empty());
    let length = head.filter_map(|line| {
        let (name, value) = line.split_once(':')?;
        let is_it = name.eq_ignore_ascii_case("content-length");
        is_it.then(|| value.trim().parse::<usize>().ok())?
    });
    let mut body = vec![0; length.last().expect("a length")];
    reader.read_exact(&mut body).expect("a body");
    serde_json::from_slice(&body).expect("JSON")
}
