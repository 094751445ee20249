//! Seeing from outside whether something serves.

use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use ureq::Agent;

/// On the loopback interface an answer that takes longer is none.
const TIMEOUT: Duration = Duration::from_secs(2);

pub(crate) fn accepts(address: SocketAddr) -> bool {
    TcpStream::connect_timeout(&address, TIMEOUT).is_ok()
}

/// The body of a GET that succeeds.
pub(crate) fn get(address: SocketAddr, path: &str) -> Option<String> {
    let agent: Agent = Agent::config_builder().timeout_global(Some(TIMEOUT)).build().into();
    let mut answer = agent.get(format!("http://{address}{path}")).call().ok()?;
    answer.body_mut().read_to_string().ok()
}
