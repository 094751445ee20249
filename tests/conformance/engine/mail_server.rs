//! A mail server on a free port: takes every letter and keeps it as it came.

use std::sync::{Arc, Mutex};

use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, TcpStream};

pub(crate) struct MailServer {
    pub(crate) port: u16,
    letters: Arc<Mutex<Vec<Letter>>>,
}

/// A letter and whom the server was told to bring it to.
#[derive(Clone, Debug, Default)]
pub(crate) struct Letter {
    pub(crate) from: String,
    pub(crate) recipients: Vec<String>,
    pub(crate) text: String,
}

impl MailServer {
    /// Offers these extensions in its greeting, such as `STARTTLS`.
    pub(crate) async fn start(extensions: &'static [&'static str]) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("a port");
        let port = listener.local_addr().expect("an address").port();
        let letters: Arc<Mutex<Vec<Letter>>> = Arc::default();
        let taken = Arc::clone(&letters);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(converse(stream, extensions, Arc::clone(&taken)));
            }
        });
        Self { port, letters }
    }

    pub(crate) fn letters(&self) -> Vec<Letter> {
        self.letters.lock().expect("nobody panics with this lock").clone()
    }
}

impl Letter {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let head = self.text.split("\r\n\r\n").next()?;
        let mut fields = head.lines().filter_map(|line| line.split_once(": "));
        fields.find(|(field, _)| field.eq_ignore_ascii_case(name)).map(|(_, value)| value)
    }

    pub(crate) fn body(&self) -> &str {
        self.text.split_once("\r\n\r\n").map_or("", |(_, body)| body.trim_end())
    }
}

async fn converse(
    stream: TcpStream,
    extensions: &[&str],
    letters: Arc<Mutex<Vec<Letter>>>,
) -> Option<()> {
    let (input, mut output) = stream.into_split();
    let mut lines = BufReader::new(input).lines();
    let mut letter = Letter::default();
    output.write_all(b"220 ready\r\n").await.ok()?;
    while let Some(line) = lines.next_line().await.ok()? {
        let reply = match line.split([' ', ':']).next().unwrap_or_default() {
            "EHLO" => {
                let offers = extensions.iter().map(|offer| format!("250-{offer}\r\n"));
                let greeting = "250-mail.example.org\r\n".to_owned();
                [greeting].into_iter().chain(offers).chain(["250 8BITMIME".to_owned()]).collect()
            }
            "MAIL" => {
                letter.from = address(&line);
                "250 sender taken".to_owned()
            }
            "RCPT" if line.contains("nobody@") => "550 there is no such mailbox".to_owned(),
            "RCPT" => {
                letter.recipients.push(address(&line));
                "250 recipient taken".to_owned()
            }
            "DATA" => {
                output.write_all(b"354 go on\r\n").await.ok()?;
                while let Some(line) = lines.next_line().await.ok()?.filter(|line| line != ".") {
                    letter.text.push_str(&line);
                    letter.text.push_str("\r\n");
                }
                let letter = std::mem::take(&mut letter);
                letters.lock().expect("nobody panics with this lock").push(letter);
                "250 letter taken".to_owned()
            }
            "QUIT" => "221 bye".to_owned(),
            _ => "502 not known here".to_owned(),
        };
        output.write_all(format!("{reply}\r\n").as_bytes()).await.ok()?;
    }
    Some(())
}

/// What stands between the angle brackets.
fn address(line: &str) -> String {
    let (_, rest) = line.split_once('<').unwrap_or_default();
    rest.split('>').next().unwrap_or_default().to_owned()
}
