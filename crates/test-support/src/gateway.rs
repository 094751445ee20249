//! A front that shares the paths of one app among several processes, as an ingress does. Knows
//! HTTP/1.1 as far as sidecars and clients here speak it, and nothing of what it passes on.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use crate::answer::Answer;
use crate::client::{Call, Client};

/// It serves until the process of the tests ends.
#[derive(Debug)]
pub struct Gateway {
    address: SocketAddr,
    routes: Arc<Mutex<Vec<Route>>>,
}

#[derive(Clone, Debug)]
struct Route {
    prefix: String,
    to: Client,
}

impl Gateway {
    /// Until it has routes, it breaks connections off.
    pub fn start() -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))
            .and_then(|listener| Ok((listener.local_addr()?, listener)));
        let (address, listener) = listener.unwrap_or_else(|error| panic!("no port: {error}"));
        let routes: Arc<Mutex<Vec<Route>>> = Arc::default();
        let gateway = Gateway { address, routes: Arc::clone(&routes) };
        thread::spawn(move || {
            for connection in listener.incoming().flatten() {
                let routes = Arc::clone(&routes);
                // Who breaks off, or is broken off, tries again.
                thread::spawn(move || serve(connection, &routes));
            }
        });
        gateway
    }

    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// What begins with this goes there; of several routes the longest wins.
    pub fn route(&self, prefix: &str, to: &Client) {
        let mut routes = self.routes.lock().unwrap_or_else(PoisonError::into_inner);
        routes.push(Route { prefix: prefix.to_owned(), to: to.anonymous() });
        routes.sort_by_key(|route| std::cmp::Reverse(route.prefix.len()));
    }
}

/// One request on one connection: whoever has more opens another.
fn serve(mut connection: TcpStream, routes: &Mutex<Vec<Route>>) -> Option<()> {
    let call = read(&connection)?;
    let to = {
        let routes = routes.lock().unwrap_or_else(PoisonError::into_inner);
        routes.iter().find(|route| call.path().starts_with(&route.prefix))?.to.clone()
    };
    // One that dies meanwhile leaves its caller without an answer, as it would alone.
    let answer = to.try_call(&call).ok()?;
    connection.write_all(&head(&answer)).ok()?;
    connection.write_all(&answer.body).ok()
}

fn read(connection: &TcpStream) -> Option<Call> {
    let mut reader = BufReader::new(connection);
    let mut line = String::new();
    reader.read_line(&mut line).ok()?;
    let mut words = line.split(' ');
    let mut call = Call::new(words.next()?, words.next()?);
    let mut length = 0;
    loop {
        line.clear();
        reader.read_line(&mut line).ok()?;
        let Some((name, value)) = line.trim_end().split_once(':') else { break };
        match name.to_ascii_lowercase().as_str() {
            "content-length" => length = value.trim().parse().ok()?,
            // These belong to a connection, and it is another one from here on.
            "host" | "connection" | "transfer-encoding" => {}
            _ => call = call.header(name, value.trim()),
        }
    }
    if length > 0 {
        let mut body = vec![0; length];
        reader.read_exact(&mut body).ok()?;
        call = call.bytes(body);
    }
    Some(call)
}

fn head(answer: &Answer) -> Vec<u8> {
    let mut head = format!("HTTP/1.1 {} Passed on\r\n", answer.status);
    for (name, value) in &answer.headers {
        if !["connection", "content-length", "transfer-encoding"].contains(&name.as_str()) {
            head += &format!("{name}: {}\r\n", value.to_str().unwrap_or_default());
        }
    }
    let length = answer.body.len();
    head += &format!("content-length: {length}\r\nconnection: close\r\n\r\n");
    head.into_bytes()
}
