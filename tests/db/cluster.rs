//! The program's own PostgreSQL: started, shared, adopted, stopped.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Instant;

use chartrier::db::cluster::{Durability, Error};
use chartrier::db::{Cluster, Settings};

/// A data folder that PostgreSQL's user can walk to.
fn folder() -> tempfile::TempDir {
    folder_of_mode(0o755)
}

fn folder_of_mode(mode: u32) -> tempfile::TempDir {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    std::fs::set_permissions(folder.path(), std::fs::Permissions::from_mode(mode)).unwrap();
    folder
}

fn is_root() -> bool {
    nix::unistd::Uid::effective().is_root()
}

async fn start(data: &Path) -> Cluster {
    Cluster::start_with(data, Durability::EverythingLostAtAPowerCut, None).await.unwrap()
}

fn pid(data: &Path) -> Option<String> {
    let text = std::fs::read_to_string(data.join("postgres/cluster/postmaster.pid")).ok()?;
    text.lines().next().map(str::to_string)
}

async fn migrate(cluster: &Cluster) {
    chartrier::db::migrate(&Settings::new(&cluster.address(), 2).unwrap()).await.unwrap();
}

#[tokio::test]
async fn it_starts_from_nothing_and_again_and_ends_with_its_last_user() {
    let data = folder();
    let abandoned = data.path().join("postgres/new-1/base");
    std::fs::create_dir_all(&abandoned).unwrap(); // as a first start cut short leaves it
    let began = Instant::now();
    let first = start(data.path()).await;
    println!("from nothing: {:?}", began.elapsed());
    assert!(!abandoned.exists());
    assert!(first.is_alone());
    migrate(&first).await;
    let second = start(data.path()).await;
    assert!(!second.is_alone());
    first.stop().unwrap();
    assert!(pid(data.path()).is_some(), "the second still uses it");
    migrate(&second).await;
    second.stop().unwrap();
    assert!(pid(data.path()).is_none());
    let began = Instant::now();
    let again = start(data.path()).await;
    println!("again: {:?}", began.elapsed());
    drop(again);
    assert!(pid(data.path()).is_none(), "dropping it stops it");
}

/// Another process that uses the data folder until it is killed: this very test binary, running
/// [`a_process_that_uses_the_cluster_until_it_is_killed`] alone.
struct OtherProcess(Child);

impl OtherProcess {
    fn start(data: &Path, durability: &str) -> Self {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "db::cluster::a_process_that_uses_the_cluster_until_it_is_killed"])
            .args(["--ignored", "--nocapture"])
            .env(DATA, data)
            .env(DURABILITY, durability)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let ready = lines.map_while(Result::ok).find(|line| line.contains(READY));
        assert!(ready.is_some(), "the other process ended");
        Self(child)
    }

    fn kill(mut self) {
        self.0.kill().unwrap();
        self.0.wait().unwrap();
    }
}

const DATA: &str = "CHARTRIER_TEST_CLUSTER";
const DURABILITY: &str = "CHARTRIER_TEST_CLUSTER_DURABILITY";
const READY: &str = "the cluster is ready";

#[tokio::test]
#[ignore = "only as another process"]
async fn a_process_that_uses_the_cluster_until_it_is_killed() {
    let Some(data) = std::env::var_os(DATA) else { return };
    let kept = std::env::var(DURABILITY).is_ok_and(|durability| durability == "kept");
    let durability = if kept { Durability::Kept } else { Durability::EverythingLostAtAPowerCut };
    let began = Instant::now();
    let cluster = Cluster::start_with(Path::new(&data), durability, None).await.unwrap();
    migrate(&cluster).await;
    println!("\n{READY} after {:?}", began.elapsed());
    std::thread::sleep(std::time::Duration::from_secs(60));
}

#[tokio::test]
async fn a_server_left_by_a_killed_program_is_adopted_and_stopped() {
    let data = folder();
    let other = OtherProcess::start(data.path(), "lost");
    let left = pid(data.path()).unwrap();
    let beside = start(data.path()).await;
    assert!(!beside.is_alone());
    drop(beside);
    assert_eq!(pid(data.path()).as_ref(), Some(&left), "another process uses it");
    other.kill();
    let adopted = start(data.path()).await;
    assert!(adopted.is_alone(), "whoever used it is dead");
    assert_eq!(pid(data.path()).as_ref(), Some(&left));
    migrate(&adopted).await;
    adopted.stop().unwrap();
    assert!(pid(data.path()).is_none(), "a server that stops takes its postmaster.pid away");
}

#[tokio::test]
async fn a_killed_server_is_started_again_over_what_it_left() {
    let data = folder();
    let first = start(data.path()).await;
    migrate(&first).await;
    let killed: i32 = pid(data.path()).unwrap().parse().unwrap();
    nix::sys::signal::kill(nix::unistd::Pid::from_raw(killed), nix::sys::signal::Signal::SIGKILL).unwrap();
    drop(first);
    assert!(pid(data.path()).is_some(), "a crash leaves postmaster.pid");
    let again = start(data.path()).await;
    assert_ne!(pid(data.path()).unwrap(), killed.to_string());
    migrate(&again).await;
    again.stop().unwrap();
    // A stranger has taken the number that a crash left.
    let stale = format!("{}\n{}\n0\n5432\n/tmp\n\n", std::process::id(), data.path().display());
    std::fs::write(data.path().join("postgres/cluster/postmaster.pid"), stale).unwrap();
    start(data.path()).await.stop().unwrap();
}

#[tokio::test]
async fn a_program_learns_that_its_server_ended() {
    let data = folder();
    let mut cluster = start(data.path()).await;
    let within = |seconds| std::time::Duration::from_secs(seconds);
    assert!(tokio::time::timeout(within(2), cluster.lost()).await.is_err(), "it runs");
    let running: i32 = pid(data.path()).unwrap().parse().unwrap();
    nix::sys::signal::kill(nix::unistd::Pid::from_raw(running), nix::sys::signal::Signal::SIGKILL).unwrap();
    assert!(tokio::time::timeout(within(5), cluster.lost()).await.is_ok(), "nobody was told");
    cluster.stop().unwrap();
}

#[tokio::test]
async fn data_of_a_version_that_is_not_installed_are_refused_in_words() {
    let data = folder();
    let cluster = data.path().join("postgres/cluster");
    std::fs::create_dir_all(&cluster).unwrap();
    std::fs::write(cluster.join("PG_VERSION"), "9\n").unwrap();
    if let Some(user) = nix::unistd::User::from_name("postgres").unwrap().filter(|_| is_root()) {
        std::os::unix::fs::chown(&cluster, Some(user.uid.as_raw()), None).unwrap();
    }
    let Err(error) = Cluster::start(data.path(), None).await else { panic!("data of version 9") };
    assert!(
        matches!(error, Error::OtherVersion { data: 9, .. }) && error.to_string().contains("pg_upgrade"),
        "{error}"
    );
}

#[tokio::test]
async fn root_places_the_files_where_postgresqls_user_can_walk() {
    if !is_root() {
        println!("ignoré : seulement pour root");
        return;
    }
    let closed = folder_of_mode(0o700); // as /root is
    let data = closed.path().join("data");
    let cluster = start(&data).await;
    let elsewhere = std::fs::read_link(data.join("postgres")).unwrap();
    assert!(elsewhere.starts_with("/var/lib/chartrier"), "{}", elsewhere.display());
    cluster.stop().unwrap();
    let again = start(&data).await;
    assert_eq!(std::fs::read_link(data.join("postgres")).unwrap(), elsewhere);
    again.stop().unwrap();
    std::fs::remove_dir_all(elsewhere).unwrap();
}

#[tokio::test]
async fn a_long_path_puts_the_socket_in_a_short_one() {
    let data = folder();
    let deep = data.path().join("d".repeat(100));
    let cluster = start(&deep).await;
    migrate(&cluster).await;
    let address = cluster.address();
    assert!(address.contains("%2Ftmp%2Fchartrier%2D"), "{address}");
    cluster.stop().unwrap();
    let socket = address.rsplit("%2F").next().unwrap().replace("%2D", "-");
    std::fs::remove_dir(Path::new("/tmp").join(socket)).unwrap();
}
