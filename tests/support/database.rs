//! One private PostgreSQL for the whole test binary, its database migrated once.
//!
//! Never durable, never on a network. One thing to know: a test binary runs no destructor of its statics, so
//! a shell waits for the end of this process, however it ends, then stops the server and removes its folder.

use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::CommandExt;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;

use chartrier::db::cluster::Durability;
use chartrier::db::{self, Cluster, Settings};
use sqlx::{Connection, PgConnection};

struct Server {
    address: String,
    folder: PathBuf,
    _cluster: Cluster,
    _reaper: Child,
}

/// Waits for the end of the pipe, hence of this process.
const REAPING: &str = "cat >/dev/null; pid=$(head -n 1 $0/postgres/cluster/postmaster.pid); kill -QUIT $pid; \
                       for i in 1 2 3 4 5; do kill -0 $pid && sleep 0.2; done; rm -rf $0";

fn server() -> &'static Server {
    static SERVER: OnceLock<Server> = OnceLock::new();
    SERVER.get_or_init(|| std::thread::spawn(start).join().expect("a PostgreSQL for the tests"))
}

fn start() -> Server {
    let folder = std::env::temp_dir().join(format!("chartrier-tests-{}", std::process::id()));
    std::fs::create_dir(&folder).unwrap();
    std::fs::set_permissions(&folder, std::fs::Permissions::from_mode(0o755)).unwrap();
    let reaper = Command::new("sh")
        .args(["-c", REAPING])
        .arg(&folder)
        .stdin(Stdio::piped())
        .stderr(Stdio::null())
        .process_group(0)
        .spawn()
        .unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let cluster =
            Cluster::start_with(&folder, Durability::EverythingLostAtAPowerCut, None).await.unwrap();
        let address = cluster.address();
        db::migrate(&Settings::new(&address, 2).unwrap()).await.unwrap();
        Server { address, folder, _cluster: cluster, _reaper: reaper }
    })
}

/// The test binary's own folder, removed when it ends.
pub fn folder() -> &'static std::path::Path {
    &server().folder
}

/// Where the shared database is; each test its own connections, since a connection lives and dies with the runtime that
/// opened it.
pub fn settings() -> Settings {
    Settings::new(&server().address, 4).unwrap()
}

/// Where a database of the same server is, without a user.
pub fn address_of(database: &str) -> String {
    server().address.replace("/chartrier?", &format!("/{database}?"))
}

/// The same, as settings.
pub fn settings_of(database: &str) -> Settings {
    Settings::new(&address_of(database), 4).unwrap()
}

/// A connection to `database` as `role`, for what no gate allows.
pub async fn connect_as(role: &str, database: &str) -> PgConnection {
    PgConnection::connect(&address_as(role, database)).await.unwrap()
}

/// A connection to the shared database as `role`.
pub async fn connect(role: &str) -> PgConnection {
    connect_as(role, "chartrier").await
}

/// A database of the test's own, not migrated, in the same server; its address, without a user.
pub async fn own_database(name: &str) -> String {
    let mut superuser = connect_as("chartrier_superuser", "postgres").await;
    let statement = format!("create database {name} owner chartrier_owner");
    sqlx::raw_sql(sqlx::AssertSqlSafe(statement)).execute(&mut superuser).await.unwrap();
    server().address.replace("/chartrier?", &format!("/{name}?"))
}

fn address_as(role: &str, database: &str) -> String {
    let socket = server().folder.join("postgres/socket");
    format!("postgres:///{database}?host={}&user={role}", socket.display())
}
