//! Seeing from outside whether something serves.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use ureq::Agent;

/// On the loopback interface an answer that takes longer is none.
const TIMEOUT: Duration = Duration::from_secs(2);

pub(crate) fn accepts(address: SocketAddr) -> bool {
    TcpStream::connect_timeout(&address, TIMEOUT).is_ok()
}

/// Whether somebody there answers a greeting, in whatever protocol.
pub(crate) fn answers(address: SocketAddr, greeting: &[u8]) -> bool {
    let answer = || -> std::io::Result<usize> {
        let mut connection = TcpStream::connect_timeout(&address, TIMEOUT)?;
        connection.set_read_timeout(Some(TIMEOUT))?;
        connection.write_all(greeting)?;
        connection.read(&mut [0])
    };
    answer().is_ok_and(|read| read > 0)
}

/// The body of a GET that succeeds.
pub(crate) fn get(address: SocketAddr, path: &str) -> Option<String> {
    get_with(address, path, &[])
}

pub(crate) fn get_with(
    address: SocketAddr,
    path: &str,
    headers: &[(&str, &str)],
) -> Option<String> {
    let agent: Agent = Agent::config_builder().timeout_global(Some(TIMEOUT)).build().into();
    let request = agent.get(format!("http://{address}{path}"));
    let request =
        headers.iter().fold(request, |request, (name, value)| request.header(*name, *value));
    let mut answer = request.call().ok()?;
    answer.body_mut().read_to_string().ok()
}
