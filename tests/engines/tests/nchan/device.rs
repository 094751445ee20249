//! A device on a WebSocket: it listens, takes what follows what it has, and reads the change feed
//! where something is missing.

use std::net::TcpStream;

use serde_json::Value;
use test_support::wait::PATIENCE;
use test_support::{Call, Client, Mirror, Reflected};
use tungstenite::{Message, WebSocket};

use crate::hub::Hub;

pub(crate) type Socket = WebSocket<TcpStream>;

pub(crate) struct Device<'h> {
    hub: &'h Hub,
    client: Client,
    pub(crate) mirror: Mirror,
    /// How often the change feed had to help out, after the connection was open.
    pub(crate) gaps: usize,
}

/// What a user may knock with.
pub(crate) fn ticket(client: &Client) -> String {
    let answer = client.call(Call::new("POST", "/api/me/sync/ticket")).expect(200).json();
    answer["ticket"].as_str().expect("a ticket").to_owned()
}

/// Opens a channel, or gives the status that refused it.
pub(crate) fn open(channel: &str, ticket: &str) -> Result<Socket, u16> {
    let (address, _) = channel.split_once('/').expect("a path");
    let stream = TcpStream::connect(address).expect("the hub listens");
    stream.set_read_timeout(Some(PATIENCE)).expect("a timeout");
    match tungstenite::client(format!("ws://{channel}?ticket={ticket}"), stream) {
        Ok((socket, _)) => Ok(socket),
        Err(tungstenite::HandshakeError::Failure(tungstenite::Error::Http(answer))) => {
            Err(answer.status().as_u16())
        }
        Err(error) => panic!("the hub does not speak WebSocket: {error}"),
    }
}

impl<'h> Device<'h> {
    pub(crate) fn new(hub: &'h Hub, client: &Client) -> Self {
        Device { hub, client: client.clone(), mirror: Mirror::default(), gaps: 0 }
    }

    /// Listens first and reads then: so nothing can happen in between.
    pub(crate) fn connect(&mut self) -> Socket {
        let socket = open(&self.hub.channel(&self.client), &ticket(&self.client));
        let socket = socket.unwrap_or_else(|status| panic!("the hub answered {status}"));
        self.mirror.catch_up(&self.client);
        socket
    }

    /// Takes in the next message.
    pub(crate) fn take(&mut self, socket: &mut Socket) {
        let change = message(socket);
        if self.mirror.reflect(&change) == Reflected::Gap {
            self.gaps += 1;
            self.mirror.catch_up(&self.client);
        }
    }

    pub(crate) fn follow_to(&mut self, last_seq: u64, socket: &mut Socket) {
        while self.mirror.seq() < last_seq {
            self.take(socket);
        }
    }
}

/// The next change that is told on this socket.
pub(crate) fn message(socket: &mut Socket) -> Value {
    loop {
        match socket.read().expect("a message") {
            Message::Text(text) => return serde_json::from_str(&text).expect("JSON"),
            Message::Ping(_) => {}
            other => panic!("{other:?} is no change"),
        }
    }
}
