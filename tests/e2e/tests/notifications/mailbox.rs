//! An SMTP server that keeps what it gets. Knows the few verbs that a sender needs.

use std::io::{BufRead, BufReader, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

/// One mail with its envelope.
#[derive(Clone, Debug, Default)]
pub(super) struct Mail {
    pub(super) to: Vec<String>,
    /// Headers and body as they came over the wire.
    pub(super) content: String,
}

/// It serves until the process of the tests ends.
#[derive(Clone, Debug)]
pub(super) struct Mailbox {
    address: SocketAddr,
    mails: Arc<Mutex<Vec<Mail>>>,
}

impl Mailbox {
    pub(super) fn open() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = listener.local_addr().expect("an address");
        let mailbox = Mailbox { address, mails: Arc::default() };
        let mails = Arc::clone(&mailbox.mails);
        thread::spawn(move || {
            for connection in listener.incoming().flatten() {
                let mails = Arc::clone(&mails);
                thread::spawn(move || receive(connection, &mails));
            }
        });
        mailbox
    }

    /// The Dapr component that sends here.
    pub(super) fn binding(&self) -> String {
        let (host, port) = (self.address.ip(), self.address.port());
        format!(
            "apiVersion: dapr.io/v1alpha1\nkind: Component\nmetadata:\n  name: mail\nspec:\n  type: \
             bindings.smtp\n  version: v1\n  metadata:\n  - {{name: host, value: \"{host}\"}}\n  - \
             {{name: port, value: \"{port}\"}}\n  - {{name: direction, value: output}}\n"
        )
    }

    pub(super) fn mails(&self) -> Vec<Mail> {
        self.mails.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// One session; a sender that breaks off leaves nothing behind.
fn receive(connection: TcpStream, mails: &Mutex<Vec<Mail>>) -> Option<()> {
    let mut out = connection.try_clone().ok()?;
    let mut lines = BufReader::new(connection).lines();
    let mut say = |text: &str| write!(out, "{text}\r\n").ok();
    let mut mail = Mail::default();
    say("220 mailbox")?;
    loop {
        let line = lines.next()?.ok()?;
        match line.split([' ', ':']).next()?.to_uppercase().as_str() {
            "RCPT" => {
                mail.to.push(line.split(['<', '>']).nth(1)?.to_owned());
                say("250 ok")?;
            }
            "DATA" => {
                say("354 go on")?;
                let content = lines.by_ref().map_while(Result::ok).take_while(|line| line != ".");
                mail.content = content.map(|line| line + "\n").collect();
                let mail = std::mem::take(&mut mail);
                mails.lock().unwrap_or_else(PoisonError::into_inner).push(mail);
                say("250 kept")?;
            }
            "QUIT" => return say("221 bye"),
            _ => say("250 ok")?,
        }
    }
}
