//! Rights lost on a copy, which only an unprivileged process feels: this very test binary, run again as one.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::Command;

use chartrier::model::TenantId;
use chartrier::storage::{Settings, Storage};

use super::Stage;
use crate::storage::{archive, object, open_files};

const FOLDER: &str = "CHARTRIER_TEST_RIGHTS";
const NOBODY: u32 = 65_534;

fn storage(folder: &Path) -> Storage {
    let sites = ["nord", "sud"].map(|site| (site.to_owned(), folder.join(site)));
    Storage::open(&Settings::folders(sites, folder.join("quarantine"))).unwrap()
}

#[test]
fn a_copy_that_may_not_be_read_is_a_fault_of_the_copy_and_is_mended_once_it_may_be_replaced() {
    let folder = tempfile::tempdir().unwrap();
    fs::set_permissions(folder.path(), Permissions::from_mode(0o777)).unwrap();
    let mut again = Command::new(std::env::current_exe().unwrap());
    again
        .args(["--exact", "preservation::rights::as_nobody", "--ignored", "--nocapture"])
        .env(FOLDER, folder.path());
    if nix::unistd::Uid::effective().is_root() {
        again.uid(NOBODY).gid(NOBODY);
    }
    let output = again.output().unwrap();
    let said = [output.stdout, output.stderr].concat();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&said));
    assert!(String::from_utf8_lossy(&said).contains("1 passed"), "{}", String::from_utf8_lossy(&said));
}

#[test]
#[ignore = "only as another user, by the test above"]
fn as_nobody() {
    let Some(folder) = std::env::var_os(FOLDER).map(std::path::PathBuf::from) else { return };
    let storage = storage(&folder);
    let tenant = TenantId::of_member("a");
    let store = storage.tenant(tenant);
    let copies = store.deposit(archive(1), &object(), &mut open_files).unwrap().complete().unwrap();
    let file = folder.join("sud").join(&copies[1].path).join("v1/content/manifest.xml");
    fs::set_permissions(&file, Permissions::from_mode(0o0)).unwrap();
    let reports = store.check(archive(1)).unwrap();
    assert!(reports[0].faults.is_empty(), "{reports:?}");
    let said = reports[1].faults[0].to_string();
    println!("{said}");
    assert!(said.contains("illisible") && said.contains("manifest.xml"), "{said}");
    // What may not be read may still be replaced: its folder is ours.
    let mended = store.mend(archive(1), "sud", "nord", None).unwrap();
    assert_eq!(mended.files, 1, "{mended:?}");
    assert!(store.check(archive(1)).unwrap().iter().all(|report| report.faults.is_empty()));
}

#[tokio::test]
async fn a_site_that_may_not_be_written_is_read_all_the_same_and_its_copies_wait() {
    // As root nothing is refused: a file where the staging folder belongs has the same effect for whoever it is.
    let stage = Stage::with(2).await;
    let staging = stage.site("sud").join(".staging");
    let manifest = stage.copy(archive(1), "sud").join("v1/content/manifest.xml");
    fs::remove_file(&manifest).unwrap();
    fs::remove_dir_all(stage.copy(archive(2), "sud")).unwrap();
    fs::remove_dir_all(&staging).unwrap();
    fs::write(&staging, "x").unwrap();
    assert_eq!(stage.audit().await.faulty, 2);
    stage.work().await;
    let open = stage.open().await;
    assert!(!open.is_empty() && open.iter().all(|state| state == "sud open"), "{open:?}");
    let tried =
        stage.rows("select last_error from incident where state = 'open' and tried_at is not null").await;
    println!("{tried:?}");
    assert!(
        !tried.is_empty() && tried.iter().all(|reason| reason != "-"),
        "why it was not mended is kept: {tried:?}"
    );
    fs::remove_file(&staging).unwrap();
    fs::create_dir(&staging).unwrap();
    stage.live(2).await;
    assert!(stage.open().await.is_empty() && stage.is_whole(archive(1)) && stage.is_whole(archive(2)));
    stage.end().await;
}
