//! The program's own PostgreSQL: started, shared, adopted, stopped.

use std::path::Path;
use std::time::Instant;

use chartrier::db::cluster::Durability;
use chartrier::db::{Cluster, Settings};

/// A data folder that PostgreSQL's user can walk to.
fn folder() -> tempfile::TempDir {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    std::fs::set_permissions(folder.path(), std::fs::Permissions::from_mode(0o755)).unwrap();
    folder
}

async fn start(data: &Path) -> Cluster {
    Cluster::start_with(data, Durability::EverythingLostAtAPowerCut).await.unwrap()
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
    let began = Instant::now();
    let first = start(data.path()).await;
    println!("from nothing: {:?}", began.elapsed());
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
