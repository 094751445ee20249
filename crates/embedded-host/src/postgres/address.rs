//! A connection string: what it says, and whether a component may go where it leads.

use tokio_postgres::Config;
use tokio_postgres::config::Host;

use super::failure::OpenFault;
use crate::outbound::{AllowedHosts, Destination};

/// The scheme by which `allowed_outbound_hosts` names servers.
const SCHEME: &str = "postgres";

/// Reads a connection string all of whose servers the component may reach.
pub(super) fn parse(address: &str, allowed: &AllowedHosts) -> Result<Config, OpenFault> {
    let config: Config = address.parse().map_err(OpenFault::Malformed)?;
    for destination in destinations(&config)? {
        if !allowed.allow(&destination) {
            return Err(OpenFault::Denied { destination });
        }
    }
    Ok(config)
}

/// Everything that may be connected to. An address given beside a name is where the connection
/// goes, so the name alone proves nothing.
fn destinations(config: &Config) -> Result<Vec<Destination>, OpenFault> {
    let ports = config.get_ports();
    let port = |index: usize| ports.get(index).or(ports.first()).copied();
    let mut found = Vec::new();
    for (index, host) in config.get_hosts().iter().enumerate() {
        match host {
            Host::Tcp(name) => found.push(Destination::new(SCHEME, name, port(index))),
            #[cfg(unix)]
            Host::Unix(_) => return Err(OpenFault::UnixSocket),
        }
    }
    for (index, address) in config.get_hostaddrs().iter().enumerate() {
        found.push(Destination::new(SCHEME, &address.to_string(), port(index)));
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::parse;
    use crate::outbound::AllowedHosts;

    #[track_caller]
    fn check(entries: &[&str], address: &str, expected: Result<(), &str>) {
        let allowed = AllowedHosts::parse(entries.iter().copied()).unwrap();
        let told = parse(address, &allowed).map(drop).map_err(|fault| fault.to_string());
        assert_eq!(told, expected.map_err(str::to_owned), "{address}");
    }

    #[test]
    fn every_server_of_a_connection_string_must_be_allowed() {
        let entries = ["postgres://db.test:5432", "postgres://other.test:*", "postgres://[::1]:1"];
        check(&entries, "postgres://user:secret@db.test/tasks?sslmode=require", Ok(()));
        check(&entries, "host=db.test user=u", Ok(()));
        check(&entries, "host=db.test,other.test port=5432,6543", Ok(()));
        check(&entries, "host=::1 port=1", Ok(()));
        let denied = "address postgres://db.test:6543 is not permitted; \
                      add it to allowed_outbound_hosts";
        check(&entries, "postgres://user:secret@db.test:6543/tasks", Err(denied));
        check(&entries, "host=other.test,db.test port=6543", Err(denied));
        let denied = "address postgres://elsewhere.test is not permitted; \
                      add it to allowed_outbound_hosts";
        check(&entries, "host=db.test,elsewhere.test", Err(denied));
    }

    #[test]
    fn an_address_beside_an_allowed_name_must_be_allowed_too() {
        let entries = ["postgres://db.test"];
        let denied = "address postgres://10.0.0.1 is not permitted; \
                      add it to allowed_outbound_hosts";
        check(&entries, "host=db.test hostaddr=10.0.0.1", Err(denied));
        check(&entries, "hostaddr=10.0.0.1", Err(denied));
    }

    #[test]
    fn sockets_of_the_file_system_are_refused() {
        let any = ["*://*:*"];
        check(&any, "host=/var/run/postgresql", Err("Unix sockets are not supported"));
    }
}
