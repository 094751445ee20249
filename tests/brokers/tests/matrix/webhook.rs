//! Somebody's webhook: takes what it is told, and keeps it with the moment it came.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::mpsc::{self, Receiver};
use std::thread;

use chrono::{DateTime, Utc};
use serde_json::Value;

use crate::clock;

const TAKEN: &[u8] = b"HTTP/1.1 204 No Content\r\nconnection: close\r\n\r\n";

/// What came, and when.
pub(crate) type Told = (DateTime<Utc>, Value);

/// Where it is, and what comes there. It serves until the tests end.
pub(crate) fn start() -> (String, Receiver<Told>) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let url = format!("http://{}/hook", listener.local_addr().expect("an address"));
    let (sender, told) = mpsc::channel();
    thread::spawn(move || {
        for mut connection in listener.incoming().flatten() {
            let arrived_at = clock::now();
            let message = read(&connection);
            connection.write_all(TAKEN).expect("somebody who waits");
            if sender.send((arrived_at, message)).is_err() {
                return;
            }
        }
    });
    (url, told)
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
