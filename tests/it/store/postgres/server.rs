//! A PostgreSQL for the tests of one process: with a database for each test, and gone when the process ends, however it ends.
//!
//! `DATABASE_URL`, when it is set, names a server to use instead, under a role that may make databases and roles.

use std::{
    io::{BufRead, BufReader},
    os::unix::{fs::MetadataExt, process::CommandExt},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::atomic::{AtomicUsize, Ordering},
};
use tokio::sync::OnceCell;
use tokio_postgres::{Client, Config, NoTls};
use whatsapp_business::store::{PostgresOptions, PostgresStore};

/// The role that owns the tables, and the one that the store is opened under.
pub(crate) const OWNER: &str = "whatsapp_test_owner";
pub(crate) const APP: &str = "whatsapp_test_app";

/// A server, which ends when this is dropped or the process dies.
pub(crate) struct Server {
    admin: Config,
    /// A shell that waits for the end of its input, which comes with the end of this process, and stops the server then.
    _keeper: Option<Child>,
}

/// A database of a test.
pub(crate) struct Database {
    config: Config,
}

static SERVER: OnceCell<Server> = OnceCell::const_new();
static TEMPLATE: OnceCell<String> = OnceCell::const_new();
static NEXT: AtomicUsize = AtomicUsize::new(0);

/// What makes a server in the folder `$1` with the programs in `$2`, and stops it when the input ends.
const KEEPER: &str = r#"
    trap '' INT TERM
    "$2/initdb" --no-sync -A trust -U postgres -E UTF8 --locale=C -D "$1/data" >"$1/log" 2>&1 &&
    printf "listen_addresses=''\nunix_socket_directories='%s'\nmax_connections=300\n%s\n" "$1" "$3" \
        >>"$1/data/postgresql.conf" &&
    "$2/pg_ctl" -w -D "$1/data" -l "$1/log" start >/dev/null 2>&1 && echo ready || { cat "$1/log"; echo failed; }
    cat >/dev/null
    "$2/pg_ctl" -D "$1/data" -m immediate stop >/dev/null 2>&1
    rm -rf "$1""#;

impl Server {
    /// The server that all tests of this process share. It does not wait for the disk.
    pub(crate) async fn shared() -> &'static Self {
        SERVER
            .get_or_init(async || Self::start("fsync=off\nsynchronous_commit=off\nfull_page_writes=off"))
            .await
    }

    /// A server with more lines in its configuration.
    pub(crate) fn start(settings: &str) -> Self {
        if let Ok(url) = std::env::var("DATABASE_URL") {
            return Self { admin: url.parse().expect("DATABASE_URL is a URL"), _keeper: None };
        }
        let programs = programs().expect(
            "PostgreSQL is here: install it (Debian: postgresql), or name its programs' folder in PG_BIN, or a server in DATABASE_URL",
        );
        let folder = tempfile::Builder::new().prefix("pg").tempdir().unwrap().keep();
        let mut keeper = Command::new("sh");
        keeper.args(["-c", KEEPER, "sh"]).arg(&folder).arg(programs).arg(settings);
        keeper.stdin(Stdio::piped()).stdout(Stdio::piped()).process_group(0).current_dir("/");
        // PostgreSQL does not run as root. Whoever makes a folder owns it, which tells who that is.
        if folder.metadata().unwrap().uid() == 0 {
            let (user, group) = nobody();
            std::os::unix::fs::chown(&folder, Some(user), Some(group)).unwrap();
            keeper.uid(user).gid(group);
        }
        let mut keeper = keeper.spawn().unwrap();
        let mut said = BufReader::new(keeper.stdout.take().unwrap()).lines().map(Result::unwrap);
        let first = said.next().unwrap_or_default();
        let rest = || said.take_while(|line| line != "failed").collect::<Vec<_>>().join("\n");
        assert!(first == "ready", "PostgreSQL did not start: {first}\n{}", rest());
        let mut admin = Config::new();
        admin.host_path(&folder).user("postgres").dbname("postgres");
        Self { admin, _keeper: Some(keeper) }
    }

    /// A new database with the tables in it.
    pub(crate) async fn migrated(&self) -> Database {
        let template = TEMPLATE.get_or_init(async || self.migrated_alone().await.name().to_owned()).await;
        self.database(&format!("TEMPLATE {template}")).await
    }

    /// A new database with the tables in it, also on a server that is not shared: the template is on the one that is.
    pub(crate) async fn migrated_alone(&self) -> Database {
        let database = self.empty().await;
        let options = PostgresOptions::new().app_role(APP);
        PostgresStore::migrate(&database.url(OWNER), &options).await.unwrap();
        database
    }

    /// A new database with nothing in it.
    pub(crate) async fn empty(&self) -> Database {
        let admin = connect(&self.admin).await;
        for role in [OWNER, APP] {
            // Another may make it at the same moment.
            let made = format!(
                "DO $$ BEGIN CREATE ROLE {role} LOGIN; EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$"
            );
            admin.batch_execute(&made).await.unwrap();
        }
        self.database("").await
    }

    async fn database(&self, how: &str) -> Database {
        let name = format!("whatsapp_test_{}_{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
        let admin = connect(&self.admin).await;
        admin.batch_execute(&format!("CREATE DATABASE {name} OWNER {OWNER} {how}")).await.unwrap();
        let mut config = self.admin.clone();
        config.dbname(&name);
        Database { config }
    }
}

impl Database {
    pub(crate) fn name(&self) -> &str {
        self.config.get_dbname().unwrap()
    }

    /// The URL for a role.
    pub(crate) fn url(&self, role: &str) -> String {
        let host = match &self.config.get_hosts()[0] {
            tokio_postgres::config::Host::Tcp(host) => host.clone(),
            tokio_postgres::config::Host::Unix(path) => path.to_str().unwrap().replace('/', "%2F"),
        };
        let port = self.config.get_ports().first().copied().unwrap_or(5432);
        format!("postgres://{role}@{host}:{port}/{}", self.name())
    }

    /// Where it is.
    #[cfg(feature = "postgres-rustls")]
    pub(crate) fn config(&self) -> &Config {
        &self.config
    }

    /// A connection of its own, under the role that may do everything.
    pub(crate) async fn admin(&self) -> Client {
        connect(&self.config).await
    }

    /// A connection of its own under a role.
    pub(crate) async fn client(&self, role: &str) -> Client {
        let mut config = self.config.clone();
        connect(config.user(role)).await
    }

    /// The store in the tables that are there.
    pub(crate) async fn store(&self) -> PostgresStore {
        PostgresStore::open(&self.url(APP), &PostgresOptions::new()).await.unwrap()
    }
}

/// How a server dies.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Death {
    /// Its first process, and the others when they see that it is gone.
    Killed,
    /// All its processes at once, without writing anything.
    Immediate,
}

/// What it takes to kill a server and to start it again.
pub(crate) struct Control {
    programs: String,
    data: String,
}

impl Control {
    pub(crate) async fn of(database: &Database) -> Self {
        let sql = "SELECT setting, current_setting('data_directory') FROM pg_config WHERE name = 'BINDIR'";
        let row = database.admin().await.query_one(sql, &[]).await.unwrap();
        Self { programs: row.get(0), data: row.get(1) }
    }

    fn pg_ctl(&self, args: &[&str]) -> bool {
        let owner = Path::new(&self.data).metadata().unwrap();
        let mut command = Command::new(format!("{}/pg_ctl", self.programs));
        command.args(["-w", "-D", &self.data, "-l", &format!("{}/log", self.data)]).args(args);
        command.current_dir("/").stdout(Stdio::null()).stderr(Stdio::null());
        if owner.uid() != Path::new("/proc/self").metadata().map_or(owner.uid(), |own| own.uid()) {
            command.uid(owner.uid()).gid(owner.gid());
        }
        command.status().unwrap().success()
    }

    pub(crate) fn kill(&self, death: Death) {
        match death {
            Death::Killed => {
                let lines = std::fs::read_to_string(format!("{}/postmaster.pid", self.data)).unwrap();
                let killed = Command::new("kill").args(["-KILL", lines.lines().next().unwrap()]).status();
                assert!(killed.unwrap().success());
            }
            Death::Immediate => assert!(self.pg_ctl(&["-m", "immediate", "stop"])),
        }
    }

    pub(crate) fn start(&self) {
        // It does not start while a process of the one before is there yet.
        let is_started = (0..100).any(|_| self.pg_ctl(&["start"]));
        assert!(is_started, "PostgreSQL did not start again: see {}/log", self.data);
    }
}

async fn connect(config: &Config) -> Client {
    let (client, connection) = config.connect(NoTls).await.unwrap();
    tokio::spawn(connection);
    client
}

/// The folder of `initdb` and `pg_ctl`.
fn programs() -> Option<PathBuf> {
    let has_both = |folder: &Path| folder.join("initdb").exists() && folder.join("pg_ctl").exists();
    let named = std::env::var_os("PG_BIN").map(PathBuf::from);
    let path = std::env::var_os("PATH").unwrap_or_default();
    let debian = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let mut debian: Vec<(u32, PathBuf)> = debian
        .filter_map(|entry| Some((entry.file_name().to_str()?.parse().ok()?, entry.path().join("bin"))))
        .collect();
    debian.sort();
    let debian = debian.into_iter().rev().map(|(_, folder)| folder);
    named.into_iter().chain(std::env::split_paths(&path)).chain(debian).find(|folder| has_both(folder))
}

/// The user and group of somebody who is not root.
fn nobody() -> (u32, u32) {
    let users = std::fs::read_to_string("/etc/passwd").unwrap();
    let ids = |name: &str| {
        let user = users.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(":x:"))?;
        let mut ids = user.split(':').map_while(|id| id.parse().ok());
        Some((ids.next()?, ids.next()?))
    };
    ids("postgres").or_else(|| ids("nobody")).expect("there is a user called postgres or nobody")
}
