//! An HTTP server that keeps what it gets and answers as it is told. Knows nothing of what it gets.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

/// One request, as it came in.
#[derive(Clone, Debug)]
pub(crate) struct Received {
    pub(crate) path: String,
    /// Names in lower case.
    pub(crate) headers: BTreeMap<String, String>,
    pub(crate) body: Vec<u8>,
}

/// What the server does with a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reply {
    Status(u16),
    /// Takes the request, and never answers.
    Hang,
}

/// It serves until the process of the tests ends.
#[derive(Clone, Debug)]
pub(crate) struct Receiver {
    url: String,
    state: Arc<Mutex<State>>,
}

#[derive(Debug)]
struct State {
    reply: Reply,
    received: Vec<Received>,
    /// Kept open, so that whoever waits goes on waiting.
    hanging: Vec<TcpStream>,
}

impl Receiver {
    pub(crate) fn start(reply: Reply) -> Receiver {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = listener.local_addr().expect("an address");
        let state = State { reply, received: Vec::new(), hanging: Vec::new() };
        let state = Arc::new(Mutex::new(state));
        let receiver = Receiver { url: format!("http://{address}"), state: Arc::clone(&state) };
        thread::spawn(move || {
            for connection in listener.incoming().flatten() {
                let state = Arc::clone(&state);
                thread::spawn(move || serve(connection, &state));
            }
        });
        receiver
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("{}{path}", self.url)
    }

    /// How requests are answered from now on.
    pub(crate) fn reply(&self, reply: Reply) {
        lock(&self.state).reply = reply;
    }

    pub(crate) fn received(&self) -> Vec<Received> {
        lock(&self.state).received.clone()
    }
}

impl Received {
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", String::as_str)
    }
}

/// One request on one connection: whoever has more opens another.
fn serve(mut connection: TcpStream, state: &Mutex<State>) {
    let Some(received) = read(&connection) else { return };
    let mut state = lock(state);
    state.received.push(received);
    match state.reply {
        Reply::Hang => state.hanging.push(connection),
        Reply::Status(status) => {
            drop(state);
            let head =
                format!("HTTP/1.1 {status} Told\r\ncontent-length: 0\r\nconnection: close\r\n\r\n");
            // Who has left needs no answer.
            let _ = connection.write_all(head.as_bytes());
        }
    }
}

fn read(connection: &TcpStream) -> Option<Received> {
    let mut reader = BufReader::new(connection);
    let mut line = String::new();
    reader.read_line(&mut line).ok()?;
    let path = line.split(' ').nth(1)?.to_owned();
    let mut headers = BTreeMap::new();
    loop {
        line.clear();
        reader.read_line(&mut line).ok()?;
        let Some((name, value)) = line.trim_end().split_once(':') else { break };
        headers.insert(name.to_ascii_lowercase(), value.trim().to_owned());
    }
    let length = headers.get("content-length")?.parse().ok()?;
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    Some(Received { path, headers, body })
}

fn lock(state: &Mutex<State>) -> std::sync::MutexGuard<'_, State> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}
