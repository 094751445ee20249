//! RabbitMQ as one node, apart from any that the system runs.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::Result;

use crate::cache::{self, RABBITMQ_SERVER};
use crate::engine::Engine;
use crate::place::Place;
use crate::probe;

const USUAL_PORT: u16 = 5672;
/// Not the one in the path: that one insists on the account of the system's own service.
const PROGRAMS: [&str; 1] = ["/usr/lib/rabbitmq/bin/rabbitmq-server"];
/// The port mapper of Erlang, which each node starts unless one answers already.
const PORT_MAPPER: &str = "epmd";

/// The header of AMQP 0-9-1, with which each client begins.
const GREETING: &[u8] = b"AMQP\0\0\x09\x01";

/// What the addresses are for.
const CLIENTS: usize = 0;
const OTHER_NODES: usize = 1;
const NAMES: usize = 2;
const MANAGEMENT: usize = 3;

#[derive(Clone, Debug)]
pub struct RabbitMq {
    place: Place,
}

impl RabbitMq {
    pub const NAME: &str = "rabbitmq";
    pub const ADDRESSES: usize = 4;
    pub const USUAL_PORT: u16 = USUAL_PORT;

    pub fn at(place: Place) -> Self {
        RabbitMq { place }
    }

    /// Where it tells people and programs what it holds, over HTTP.
    pub fn management(place: &Place) -> SocketAddr {
        place.address(MANAGEMENT)
    }

    /// The script that would be started.
    pub fn program() -> Result<PathBuf> {
        cache::of_the_system(&PROGRAMS, Self::NAME, RABBITMQ_SERVER)
    }
}

impl Engine for RabbitMq {
    fn name(&self) -> &'static str {
        Self::NAME
    }

    fn place(&self) -> &Place {
        &self.place
    }

    fn prepare(&self) -> Result<()> {
        let address = self.place.address(CLIENTS);
        let management = Self::management(&self.place);
        let configuration = format!(
            "listeners.tcp.1 = {address}\n\
             management.tcp.ip = {}\n\
             management.tcp.port = {}\n",
            management.ip(),
            management.port()
        );
        self.place.write("rabbitmq.conf", &configuration)?;
        self.place.write("enabled_plugins", "[rabbitmq_management].\n")?;
        Ok(())
    }

    fn command(&self) -> Result<Command> {
        let mut command = Command::new(Self::program()?);
        let folder = self.place.folder();
        // Without it the script stays in between, and a kill would end the script alone.
        command.env("RABBITMQ_ALLOW_INPUT", "true").arg("-noinput");
        let node = format!("taskmaster{}@localhost", self.place.port(CLIENTS));
        command.env("RABBITMQ_NODENAME", node);
        let files: [(&str, &Path); 7] = [
            ("HOME", folder),
            ("RABBITMQ_CONFIG_FILE", &self.place.file("rabbitmq")),
            ("RABBITMQ_MNESIA_BASE", &self.place.file("data")),
            ("RABBITMQ_LOG_BASE", &self.place.file("logs")),
            ("RABBITMQ_ENABLED_PLUGINS_FILE", &self.place.file("enabled_plugins")),
            ("RABBITMQ_PID_FILE", &self.place.file("node.pid")),
            // The system's own settings are another node's.
            ("RABBITMQ_CONF_ENV_FILE", Path::new("/dev/null")),
        ];
        command.envs(files);
        command.env("RABBITMQ_LOGS", "-").env("RABBITMQ_DIST_PORT", self.place.port(OTHER_NODES));
        command.env(
            "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS",
            "-kernel inet_dist_use_interface {127,0,0,1}",
        );
        command.env("ERL_EPMD_PORT", self.place.port(NAMES)).env("ERL_EPMD_ADDRESS", "127.0.0.1");
        // Else it refuses to end as long as it has not seen that its node died.
        command.env("ERL_EPMD_RELAXED_COMMAND_CHECK", "true");
        Ok(command)
    }

    fn is_ready(&self) -> bool {
        // The management comes last; a busy machine accepts connections before it can greet.
        probe::accepts(Self::management(&self.place)) && probe::answers(self.address(), GREETING)
    }

    fn clean_up(&self) {
        // The node starts it as a daemon, so it would outlive the node.
        let mut kill = Command::new(PORT_MAPPER);
        kill.args(["-port", &self.place.port(NAMES), "-kill"]);
        kill.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        // One that is gone already is what was wanted.
        let _ = kill.status();
    }

    fn environment(&self) -> Vec<(&'static str, String)> {
        vec![("TASKMASTER_RABBITMQ", format!("amqp://guest:guest@{}", self.address()))]
    }
}
