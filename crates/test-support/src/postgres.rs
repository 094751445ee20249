//! A PostgreSQL server of a test's own: an empty cluster in a temporary folder, on a loopback
//! address of its own, gone with its last user. It knows no table.

use std::net::SocketAddr;
use std::os::unix::fs::chown;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, OnceLock};

use rustix::process::Signal;

use crate::address;
use crate::data_folder::DataFolder;
use crate::process::Process;
use crate::wait::{eventually, patience, within};

const USER: &str = "postgres";
const PASSWORD: &str = "postgres-of-a-test";

/// Where Debian keeps the programs of each major version.
const DEBIAN_VERSIONS: &str = "/usr/lib/postgresql";

/// Room for several pools of a host beside those who look on.
const MAX_CONNECTIONS: u32 = 300;

/// Of every server: nobody else on the machine meets it.
const SETTINGS: [&str; 2] = ["unix_socket_directories=", "log_min_messages=warning"];

/// What outlives a crash of the machine is nobody's concern in a test; what outlives a crash of the
/// server is.
const FORGETFUL: [&str; 3] = ["fsync=off", "full_page_writes=off", "shared_buffers=32MB"];

/// Whoever connects over the network must show the password.
const ACCESS: &str = "host all all all scram-sha-256\n";

/// Becomes the server, and leaves somebody behind who ends it when its input ends: tests that are
/// killed leave no server, and a server that is shared needs nobody to leave last.
const WITH_LIFELINE: &str = r#"
    exec 3<&0
    (
        read -r _ <&3
        kill -QUIT $$ 2>&-
        while kill -0 $$ 2>&-; do sleep 0.1; done
        rm -rf "$0"
    ) &
    exec 3<&- "$@" <&-
"#;

/// A running server.
#[derive(Debug)]
pub struct Postgres {
    // Ends before its folder goes.
    process: Process,
    folder: DataFolder,
    address: SocketAddr,
}

/// What a server shows to those who connect with TLS.
#[derive(Clone, Copy, Debug)]
pub struct Certificate<'a> {
    pub chain_pem: &'a str,
    pub key_pem: &'a str,
}

/// An empty database of one test on a server of several.
#[derive(Clone, Debug)]
pub struct Database {
    server: Arc<Postgres>,
    name: String,
}

impl Postgres {
    /// The server that all tests of this process share, until the process ends.
    pub fn shared() -> Arc<Self> {
        static SHARED: OnceLock<Arc<Postgres>> = OnceLock::new();
        let start = || Arc::new(Postgres::start_on(address::reserve(), &FORGETFUL, None));
        Arc::clone(SHARED.get_or_init(start))
    }

    /// A server that offers TLS. The certificate must be for the host of `address`.
    pub fn with_certificate(address: SocketAddr, certificate: Certificate<'_>) -> Arc<Self> {
        Arc::new(Self::start_on(address, &FORGETFUL, Some(certificate)))
    }

    /// A server with the settings that PostgreSQL comes with: what it acknowledged outlives a crash
    /// of the machine too.
    pub fn as_installed() -> Self {
        Self::start_on(address::reserve(), &[], None)
    }

    /// The process that all others of this server descend from.
    pub fn process_id(&self) -> u32 {
        self.process.id()
    }

    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// An empty database that no other test knows.
    pub fn database(self: &Arc<Self>) -> Database {
        self.database_like("template1").unwrap_or_else(|error| panic!("{error}"))
    }

    fn database_like(self: &Arc<Self>, template: &str) -> Result<Database, String> {
        static NEXT: AtomicU32 = AtomicU32::new(1);
        let name = format!("test_{}", NEXT.fetch_add(1, Ordering::Relaxed));
        let create = format!("CREATE DATABASE {name} TEMPLATE {template}");
        let created = output(&mut self.maintenance().psql(&create));
        match created.status.success() {
            true => Ok(Database { server: Arc::clone(self), name }),
            false => Err(String::from_utf8_lossy(&created.stderr).into_owned()),
        }
    }

    fn maintenance(self: &Arc<Self>) -> Database {
        Database { server: Arc::clone(self), name: "postgres".to_owned() }
    }

    fn start_on(
        address: SocketAddr,
        settings: &[&str],
        certificate: Option<Certificate<'_>>,
    ) -> Self {
        let folder = DataFolder::new();
        let data = folder.path().join("cluster");
        let owner = Owner::of_servers();
        write_owned(&owner, &folder.path().join("password"), PASSWORD);
        owner.take(folder.path());
        succeed(owner.command("initdb", folder.path()).arg("-D").arg(&data).args([
            "--username",
            USER,
            "--pwfile=password",
            "--auth=scram-sha-256",
            "--encoding=UTF8",
            "--locale=C",
            "--no-sync",
        ]));
        write_owned(&owner, &data.join("pg_hba.conf"), ACCESS);
        let mut command = owner.run(Path::new("/bin/sh"), folder.path());
        command.arg("-c").arg(WITH_LIFELINE).arg(folder.path());
        command.arg(program("postgres")).arg("-D").arg(&data);
        let (host, port) = (address.ip(), address.port());
        for setting in SETTINGS.iter().chain(settings) {
            command.args(["-c", setting]);
        }
        command.arg("-c").arg(format!("listen_addresses={host}"));
        command.arg("-c").arg(format!("port={port}"));
        command.arg("-c").arg(format!("max_connections={MAX_CONNECTIONS}"));
        if let Some(certificate) = certificate {
            write_owned(&owner, &data.join("server.crt"), certificate.chain_pem);
            write_owned(&owner, &data.join("server.key"), certificate.key_pem);
            command.args(["-c", "ssl=on"]);
        }
        let log = folder.path().join("postgres.log");
        let process = Process::start_with_lifeline("PostgreSQL", command, &log);
        let mut server = Postgres { process, folder, address };
        server.wait_until_ready();
        server
    }

    fn wait_until_ready(&mut self) {
        let mut probe = Command::new(program("pg_isready"));
        probe.args(["-q", "-h", &self.address.ip().to_string()]);
        probe.args(["-p", &self.address.port().to_string()]);
        eventually("PostgreSQL accepts connections", || {
            assert!(self.process.ended().is_none(), "PostgreSQL does not start");
            output(&mut probe).status.success().then_some(())
        });
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        if self.process.ended().is_none() {
            // At once, but with its children and its shared memory, which SIGKILL would leave.
            self.process.signal(Signal::QUIT);
            let _ = within(patience(), || self.process.ended());
        }
    }
}

impl Database {
    /// As a connection string.
    pub fn url(&self) -> String {
        self.url_with_password(PASSWORD)
    }

    pub fn url_with_password(&self, password: &str) -> String {
        let Database { server, name } = self;
        format!("postgres://{USER}:{password}@{}/{name}", server.address)
    }

    pub fn server(&self) -> &Postgres {
        &self.server
    }

    /// Another database with all that is in this one, to which nobody may be connected.
    pub fn copy(&self) -> Database {
        self.try_copy().unwrap_or_else(|error| panic!("{error}"))
    }

    /// The same, or what the server has against it.
    pub fn try_copy(&self) -> Result<Database, String> {
        self.server.database_like(&self.name)
    }

    /// Takes it away from whoever is still connected. The server's other databases stay.
    pub fn remove(&self) {
        self.server.maintenance().run(&format!("DROP DATABASE {} WITH (FORCE)", self.name));
    }

    /// Runs statements as an outsider: a line per row, `|` between columns.
    #[track_caller]
    pub fn run(&self, sql: &str) -> String {
        succeed(&mut self.psql(sql))
    }

    fn psql(&self, sql: &str) -> Command {
        let mut psql = Command::new(program("psql"));
        psql.current_dir(self.server.folder.path());
        psql.args(["-XAtq", "-v", "ON_ERROR_STOP=1", "-c", sql]).arg(self.url());
        psql
    }
}

/// The account a server runs under. It refuses to run as root.
#[derive(Debug)]
struct Owner {
    /// Absent where the tests run as an ordinary user, who then owns the server too.
    ids: Option<(u32, u32)>,
}

impl Owner {
    fn of_servers() -> Self {
        let id = |arguments: &[&str]| {
            let told = succeed(Command::new("id").args(arguments));
            told.parse().unwrap_or_else(|error| panic!("id told {told:?}: {error}"))
        };
        let is_root = id(&["-u"]) == 0;
        Owner { ids: is_root.then(|| (id(&["-u", USER]), id(&["-g", USER]))) }
    }

    fn take(&self, path: &Path) {
        if let Some((user, group)) = self.ids {
            let taken = chown(path, Some(user), Some(group));
            taken.unwrap_or_else(|error| panic!("cannot give {} away: {error}", path.display()));
        }
    }

    fn command(&self, name: &str, folder: &Path) -> Command {
        self.run(&program(name), folder)
    }

    fn run(&self, program: &Path, folder: &Path) -> Command {
        let mut command = Command::new(program);
        command.current_dir(folder);
        if let Some((user, group)) = self.ids {
            command.uid(user).gid(group);
        }
        command
    }
}

/// Readable by the server alone, as it demands of a key.
fn write_owned(owner: &Owner, file: &Path, text: &str) {
    use std::os::unix::fs::PermissionsExt;
    let written = std::fs::write(file, text)
        .and_then(|()| std::fs::set_permissions(file, PermissionsExt::from_mode(0o600)));
    written.unwrap_or_else(|error| panic!("cannot write {}: {error}", file.display()));
    owner.take(file);
}

/// The newest version of Debian's, else whatever the machine's path leads to.
fn program(name: &str) -> PathBuf {
    let versions = std::fs::read_dir(DEBIAN_VERSIONS).into_iter().flatten().flatten();
    let numbered = versions.filter_map(|version| {
        let program = version.path().join("bin").join(name);
        let number: u32 = version.file_name().to_str()?.parse().ok()?;
        program.is_file().then_some((number, program))
    });
    numbered.max().map_or_else(|| PathBuf::from(name), |(_, program)| program)
}

#[track_caller]
fn succeed(command: &mut Command) -> String {
    let output = output(command);
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{command:?}: {errors}");
    String::from_utf8_lossy(&output.stdout).trim_end().to_owned()
}

#[track_caller]
fn output(command: &mut Command) -> Output {
    command.output().unwrap_or_else(|error| panic!("cannot run {command:?}: {error}"))
}
