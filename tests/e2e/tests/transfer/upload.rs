//! An upload over a socket of its own: slower, larger or shorter than a well-mannered client's.

use std::io::{self, Read, Write};
use std::net::{Shutdown, TcpStream};

use test_support::Client;

pub(super) struct Upload {
    socket: TcpStream,
    is_chunked: bool,
    sent: usize,
}

pub(super) struct Told {
    pub(super) status: u16,
    pub(super) body: String,
}

impl Upload {
    /// Sends the head; without a length the body comes in chunks.
    pub(super) fn begin(client: &Client, query: &str, length: Option<usize>) -> Upload {
        let url = client.url();
        let authority = url.trim_start_matches("http://");
        let mut socket = TcpStream::connect(authority).expect("the app listens");
        let framing = match length {
            Some(length) => format!("content-length: {length}"),
            None => "transfer-encoding: chunked".to_owned(),
        };
        let head = format!(
            "POST /api/me/import?{query} HTTP/1.1\r\nhost: {authority}\r\n\
             authorization: Bearer {}\r\n{framing}\r\nconnection: close\r\n\r\n",
            client.token(),
        );
        socket.write_all(head.as_bytes()).expect("the app listens");
        Upload { socket, is_chunked: length.is_none(), sent: 0 }
    }

    pub(super) fn send(&mut self, bytes: &[u8]) -> io::Result<()> {
        if self.is_chunked {
            write!(self.socket, "{:x}\r\n", bytes.len())?;
        }
        self.socket.write_all(bytes)?;
        if self.is_chunked {
            self.socket.write_all(b"\r\n")?;
        }
        self.sent += bytes.len();
        Ok(())
    }

    pub(super) fn has_sent(&self) -> usize {
        self.sent
    }

    pub(super) fn answer(self) -> Told {
        self.try_answer().expect("an answer")
    }

    /// `None` when the connection ended without one.
    pub(super) fn try_answer(mut self) -> Option<Told> {
        let mut text = Vec::new();
        // What was read before the connection broke may be a whole answer.
        let _ = self.socket.read_to_end(&mut text);
        let text = String::from_utf8_lossy(&text).into_owned();
        let (head, body) = text.split_once("\r\n\r\n")?;
        let status = head.split(' ').nth(1)?.parse().ok()?;
        Some(Told { status, body: body.to_owned() })
    }

    /// Ends the connection in the middle of the body.
    pub(super) fn leave(self) {
        self.socket.shutdown(Shutdown::Both).expect("the app listens");
    }
}
