//! PostgreSQL as a cluster of its own, apart from any that the system runs.

use std::net::SocketAddr;
use std::os::unix::fs::chown;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::cache;
use crate::engine::Engine;
use crate::place::Place;

const USUAL_PORT: u16 = 5432;
/// Where Debian keeps the programs of each major version.
const VERSIONS: &str = "/usr/lib/postgresql";
/// The role that owns everything, and the account the server runs under where it must not be root.
const USER: &str = "postgres";
/// On loopback, for whoever has an account on this machine anyway.
const PASSWORD: &str = "taskmaster";

#[derive(Clone, Debug)]
pub struct PostgreSql {
    place: Place,
}

impl PostgreSql {
    pub const NAME: &str = "postgres";
    pub const ADDRESSES: usize = 1;
    pub const USUAL_PORT: u16 = USUAL_PORT;

    pub fn at(place: Place) -> Self {
        PostgreSql { place }
    }

    /// The server that would be started.
    pub fn program() -> Result<PathBuf> {
        program("postgres")
    }

    /// The database that a new cluster comes with.
    pub fn url(&self) -> String {
        let address: SocketAddr = self.address();
        format!("postgres://{USER}:{PASSWORD}@{address}/postgres")
    }
}

impl Engine for PostgreSql {
    fn name(&self) -> &'static str {
        Self::NAME
    }

    fn place(&self) -> &Place {
        &self.place
    }

    fn prepare(&self) -> Result<()> {
        let data = self.place.file("data");
        if data.join("PG_VERSION").exists() {
            return Ok(());
        }
        let owner = Owner::of_servers()?;
        let password = self.place.write("password", PASSWORD)?;
        cache::private_folder(&data)?;
        owner.take(&data)?;
        owner.take(&password)?;
        let mut initdb = owner.command("initdb")?;
        initdb.arg("-D").arg(&data).args(["--username", USER, "--auth=scram-sha-256"]);
        initdb.arg(format!("--pwfile={}", password.display()));
        initdb.args(["--encoding=UTF8", "--locale=C"]);
        let output = initdb.output().context("cannot start initdb")?;
        if !output.status.success() {
            bail!("initdb: {}", String::from_utf8_lossy(&output.stderr));
        }
        Ok(())
    }

    fn command(&self) -> Result<Command> {
        let mut command = Owner::of_servers()?.command("postgres")?;
        command.arg("-D").arg(self.place.file("data"));
        command.args(["-h", &self.place.host(0), "-p", &self.place.port(0)]);
        command.args(["-c", "unix_socket_directories="]);
        Ok(command)
    }

    fn is_ready(&self) -> bool {
        let Ok(program) = program("pg_isready") else { return false };
        let mut probe = Command::new(program);
        probe.args(["-q", "-h", &self.place.host(0), "-p", &self.place.port(0)]);
        probe.status().is_ok_and(|status| status.success())
    }
}

/// Whose the server is: it refuses to run as root.
struct Owner {
    /// Absent where an ordinary person starts it.
    ids: Option<(u32, u32)>,
}

impl Owner {
    fn of_servers() -> Result<Self> {
        let is_root = id(&["-u"])? == 0;
        let ids = is_root.then(|| anyhow::Ok((id(&["-u", USER])?, id(&["-g", USER])?)));
        Ok(Owner { ids: ids.transpose()? })
    }

    fn take(&self, path: &Path) -> Result<()> {
        let Some((user, group)) = self.ids else { return Ok(()) };
        chown(path, Some(user), Some(group))
            .with_context(|| format!("cannot give {} to {USER}", path.display()))
    }

    fn command(&self, name: &str) -> Result<Command> {
        let mut command = Command::new(program(name)?);
        if let Some((user, group)) = self.ids {
            command.uid(user).gid(group);
        }
        Ok(command)
    }
}

fn id(arguments: &[&str]) -> Result<u32> {
    let output = Command::new("id").args(arguments).output().context("cannot start id")?;
    let told = String::from_utf8_lossy(&output.stdout);
    told.trim().parse().with_context(|| format!("id {} tells {told:?}", arguments.join(" ")))
}

/// The newest version's, else where other systems keep it.
fn program(name: &str) -> Result<PathBuf> {
    let versions = std::fs::read_dir(VERSIONS).into_iter().flatten().flatten();
    let numbered = versions.filter_map(|version| {
        let program = version.path().join("bin").join(name);
        let number: u32 = version.file_name().to_str()?.parse().ok()?;
        program.is_file().then_some((number, program))
    });
    let elsewhere = || {
        let path = Path::new("/usr/local/bin").join(name);
        path.is_file().then_some(path)
    };
    let found = numbered.max().map(|(_, program)| program).or_else(elsewhere);
    found.context("PostgreSQL is not installed; run `cargo xtask engines build postgres`")
}
