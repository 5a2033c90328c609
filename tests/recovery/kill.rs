//! A rebuild killed in the middle, at each named point, and started again ends where one that was never stopped ends.

use std::path::Path;
use std::process::{Child, Command};

use chartrier::evidence;
use chartrier::model::TenantId;
use chartrier::recovery::FAIL_POINTS;

use super::{Instance, compare};
use crate::support::database;
use crate::support::fault_table::note;
use crate::support::sip::Sip;

/// A command in a process of its own, over this instance's database, killed at a point when one is named.
fn command(instance: &Instance, folder: &Path, kill_at: Option<&str>, arguments: &[&str]) -> Command {
    let address = database::address_of(&instance.database);
    let sites = format!("nord={},est={}", folder.join("nord").display(), folder.join("est").display());
    let mut command = Command::new(env!("CARGO_BIN_EXE_chartrier"));
    command.args(arguments).current_dir(folder).env("CHARTRIER_METRICS_LISTEN", "127.0.0.1:0");
    command.env("CHARTRIER_DATABASE_URL", address).env("CHARTRIER_STORAGE_SITES", sites);
    command.env("CHARTRIER_DATA", folder.join("data")).env("CHARTRIER_WORKER_LEASE_SECONDS", "1");
    command.env("CHARTRIER_INTEGRITY_CANARIES", "0");
    if let Some(point) = kill_at {
        command.env("CHARTRIER_FAIL_KILL", point);
    }
    command
}

/// Readings of copies write in the journal when they like: those of these days are done, and nothing is listed.
async fn read_already(instance: &Instance) {
    let done = "insert into platform.site_check (tenant_id, site, day, begins_at, seed, sample_after, sampled_at, ended_at,
                                                 listed_at)
                select tenant_id, site, current_date + 2, now(), 0, '00000000-0000-0000-0000-000000000000', now(), now(),
                       now()
                from member, unnest(array['nord', 'est']) as s (site)";
    sqlx::raw_sql(done).execute(&mut instance.superuser().await).await.unwrap();
}

/// A process that does not outlive the test.
struct Killed(Child);

impl Drop for Killed {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Runs `chartrier rebuild --from nord`; whether it ended well, or `None` when it was killed.
fn run(instance: &Instance, folder: &Path, kill_at: Option<&str>) -> Option<bool> {
    let output = command(instance, folder, kill_at, &["rebuild", "--from", "nord"]).output().unwrap();
    // Killed by the signal: no code.
    output.status.code().map(|code| {
        assert!(code <= 1, "{}", String::from_utf8_lossy(&output.stderr));
        code == 0
    })
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_rebuild_killed_at_any_point_and_started_again_ends_as_if_it_had_not_been() {
    let folder = tempfile::tempdir().unwrap();
    let origin = Instance::in_folder("kill_origin", folder.path()).await;
    origin.apply(&["ville"]).await;
    let tenant = TenantId::of_member("ville");
    for name in ["UN", "DEUX", "TROIS", "QUATRE"] {
        origin.deposit("ville", Sip::with_files(name, 2).zip()).await;
    }
    origin.recovery.copy_journal(tenant).await.unwrap();
    // One more, which nothing confirms.
    let last = origin.deposit("ville", Sip::with_files("SANS-MARQUE", 1).zip()).await;
    let object = chartrier::package::ocfl::object_folder(&chartrier::package::ocfl::object_id(
        last.archive_id.unwrap().0,
    ));
    std::fs::remove_file(
        folder.path().join("nord").join(tenant.to_string()).join(object).join("logs/confirmed"),
    )
    .unwrap();
    let (nord, est) = (folder.path().join("nord"), folder.path().join("est"));
    let sites: [(&str, &Path); 2] = [("nord", &nord), ("est", &est)];

    let quarantine = folder.path().join("data/quarantine");
    let whole = Instance::open("kill_whole", &sites, &quarantine).await;
    assert_eq!(run(&whole, folder.path(), None), Some(true));
    assert_eq!(whole.count("select count(*) from archive").await, 4);
    for point in FAIL_POINTS.iter().filter(|point| point.starts_with("rebuild-")) {
        let again = Instance::open("kill_again", &sites, &quarantine).await;
        assert_eq!(run(&again, folder.path(), Some(point)), None, "{point} was not reached");
        let between = again.count("select count(*) from archive").await;
        assert_eq!(run(&again, folder.path(), None), Some(true), "{point}");
        println!("{point} : {between} archives avant l'arrêt, puis toutes");
        compare(&whole, &again, "ville").await;
        let unfinished = again.count("select count(*) from rebuild where ended_at is null").await;
        assert_eq!((unfinished, again.count("select count(*) from left_out").await), (0, 1), "{point}");
        again.verify_journal("ville").await;
        let lost = 4 - again.count("select count(*) from archive").await;
        assert_eq!(lost, 0, "{point}");
        let left_out = again.count("select count(*) from left_out").await;
        let said =
            format!("{between} archives avant l’arrêt ; non confirmées et listées à la fin : {left_out}");
        note(
            format!("processus tué : {point}"),
            lost as usize,
            said,
            "relancée : le même catalogue, ligne à ligne",
        );
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_copy_of_the_journal_killed_at_any_point_is_completed_by_the_next() {
    let folder = tempfile::tempdir().unwrap();
    let (nord, est) = (folder.path().join("nord"), folder.path().join("est"));
    let quarantine = folder.path().join("data/quarantine");
    let sites: [(&str, &Path); 2] = [("nord", &nord), ("est", &est)];
    let origin = Instance::open("kill_copy", &sites, &quarantine).await;
    origin.apply(&["ville"]).await;
    let tenant = TenantId::of_member("ville");
    read_already(&origin).await;
    for point in FAIL_POINTS.iter().filter(|point| point.starts_with("copy-")) {
        origin.deposit("ville", Sip::with_files(point, 1).zip()).await;
        // A worker copies as soon as it starts.
        let killed = command(&origin, folder.path(), Some(point), &["work"]).output().unwrap();
        assert_eq!(killed.status.code(), None, "{point} was not reached");
        let worker = Killed(command(&origin, folder.path(), None, &["work"]).spawn().unwrap());
        let before = origin.texts("select entry from event order by seq").await;
        let began = std::time::Instant::now();
        let nord_alone = origin.storage.tenant(tenant).on(&["nord"]).unwrap();
        let copied = || evidence::copy::read_head(&nord_alone).unwrap().map_or(0, |head| head.seq as usize);
        while copied() < before.len() {
            // It copies when it starts, then each minute: what it wrote itself meanwhile waits for the second.
            assert!(began.elapsed().as_secs() < 150, "{point}: {} of {} are copied", copied(), before.len());
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        }
        // Stopped in the middle of its job, it would count as one more death of it, and the fifth sets a job aside.
        let asked = "select count(*) from technical.job where kind = 'copy_journal'";
        while origin.count(asked).await > 0 {
            assert!(began.elapsed().as_secs() < 200, "{point}: the job does not end");
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        }
        drop(worker);
        let again = Instance::open("kill_copied", &sites, &quarantine).await;
        // The worker may have had more to say before it was stopped.
        assert!(again.rebuild("ville", "nord").await.journal_entries as usize >= before.len(), "{point}");
        assert_eq!(
            again.texts("select entry from event order by seq").await[..before.len()],
            before,
            "{point}"
        );
        note(
            format!("processus tué : {point}"),
            0,
            "copie du journal en retard",
            format!("{} entrées recopiées", before.len()),
        );
    }
}
