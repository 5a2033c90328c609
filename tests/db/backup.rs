//! Backups: the role that dumps reads everything; a base and the log copied since put the database back as it stood at a
//! moment; a dump makes the same database elsewhere.

use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::time::{Duration, Instant};

use chartrier::clock::Clock;
use chartrier::db::cluster::{self, Archive, Durability, Error};
use chartrier::db::{self, Cluster, Db, Settings, dump};
use chartrier::model::{Agent, Event, EventType, Outcome, TenantId};

use crate::support::database;

#[tokio::test]
async fn the_backup_s_role_reads_everything_and_writes_nothing() {
    let mut owner = database::connect("chartrier_owner").await;
    let wrong: Vec<String> = sqlx::query_scalar(
        "select c.oid::regclass::text from pg_class c
         where c.relnamespace in ('public'::regnamespace, 'platform'::regnamespace, 'technical'::regnamespace)
           and case when c.relkind in ('r', 'p')
                    then not has_table_privilege('chartrier_backup', c.oid, 'select')
                         or has_table_privilege('chartrier_backup', c.oid, 'insert, update, delete, truncate')
                    when c.relkind = 'S' then not has_sequence_privilege('chartrier_backup', c.oid, 'select')
               end",
    )
    .fetch_all(&mut owner)
    .await
    .unwrap();
    assert!(wrong.is_empty(), "{wrong:?}");
}

/// A member whose code is a word, in a transaction of its own.
async fn make_member(settings: &Settings, code: &str) {
    let db = Db::connect(settings, Clock::system()).await.unwrap();
    let mut tx = db.write(TenantId::of_member(code)).await.unwrap();
    sqlx::query(
        "insert into member (code, name, kind, siren, department, created_at)
         values ($1, 'membre', 'commune', '732829320', '33', now())",
    )
    .bind(code)
    .execute(tx.conn())
    .await
    .unwrap();
    sqlx::query(
        "insert into journal_head (seq, hash, at) values (0, decode(repeat('00', 32), 'hex'), now())",
    )
    .execute(tx.conn())
    .await
    .unwrap();
    tx.record(Event {
        event_type: EventType::Parametrage,
        outcome: Outcome::Ok,
        agent: Agent::Operator,
        object: format!("member:{code}"),
        detail: vec![],
    });
    tx.commit().await.unwrap();
    db.close().await;
}

async fn members(settings: &Settings) -> Vec<String> {
    let db = Db::connect(settings, Clock::system()).await.unwrap();
    let mut tx = db.technical().await.unwrap();
    let codes =
        sqlx::query_scalar("select code from member order by code").fetch_all(tx.conn()).await.unwrap();
    drop(tx);
    db.close().await;
    codes
}

/// Starts the data folder's cluster, with its log copied.
async fn start(data: &Path, archive: &Archive) -> (Cluster, Settings) {
    let cluster =
        Cluster::start_with(data, Durability::EverythingLostAtAPowerCut, Some(archive)).await.unwrap();
    let settings = Settings::new(&cluster.address(), 4).unwrap();
    db::migrate(&settings).await.unwrap();
    (cluster, settings)
}

/// Waits until everything written so far is copied.
async fn copied(data: &Path) {
    let socket = data.join("postgres/socket");
    let address = format!("postgres:///postgres?host={}&user=chartrier_superuser", socket.display());
    let mut superuser = <sqlx::PgConnection as sqlx::Connection>::connect(&address).await.unwrap();
    let segment: String = sqlx::query_scalar("select pg_walfile_name(pg_switch_wal())")
        .fetch_one(&mut superuser)
        .await
        .unwrap();
    let began = Instant::now();
    loop {
        let (last, failed): (Option<String>, i64) =
            sqlx::query_as("select last_archived_wal, failed_count from pg_stat_archiver")
                .fetch_one(&mut superuser)
                .await
                .unwrap();
        assert_eq!(failed, 0, "the log is not copied");
        if last.as_ref().is_some_and(|last| *last >= segment) {
            return;
        }
        assert!(began.elapsed() < Duration::from_secs(30), "{segment} not copied, {last:?}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

#[tokio::test]
async fn the_database_comes_back_as_it_stood_at_a_moment() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::set_permissions(folder.path(), std::fs::Permissions::from_mode(0o755)).unwrap();
    let (data, archive) = (folder.path().join("data"), archive_in(folder.path()));
    let (cluster, settings) = start(&data, &archive).await;
    make_member(&settings, "avant-la-base").await;
    let (cluster, base) = back_up(cluster, &archive, 7).await;
    println!("base : {} octets en {:?}", base.size_bytes, base.took);
    make_member(&settings, "apres-la-base").await;
    tokio::time::sleep(Duration::from_millis(1_100)).await;
    let moment = Clock::system().now();
    tokio::time::sleep(Duration::from_millis(100)).await;
    make_member(&settings, "trop-tard").await;
    copied(&data).await;
    let now = Clock::system().now();
    let refused = cluster::restore(&data, &archive, Some(moment), now).await.unwrap_err();
    assert!(matches!(refused, Error::InUse), "{refused}");
    cluster.stop().unwrap();

    let restored = cluster::restore(&data, &archive, Some(moment), now).await.unwrap();
    println!("restauré en {:?}", restored.took);
    assert!(restored.aside.is_some_and(|aside| aside.join("PG_VERSION").exists()), "the other is put aside");
    let (cluster, settings) = start(&data, &archive).await;
    assert_eq!(members(&settings).await, ["apres-la-base", "avant-la-base"]);
    make_member(&settings, "sur-la-nouvelle-branche").await;
    copied(&data).await;
    cluster.stop().unwrap();

    // Lost with its disk: the copies alone are left, and the last branch is the one that goes on.
    std::fs::remove_dir_all(data.join("postgres")).unwrap();
    cluster::restore(&data, &archive, None, now).await.unwrap();
    let (cluster, settings) = start(&data, &archive).await;
    assert_eq!(members(&settings).await, ["apres-la-base", "avant-la-base", "sur-la-nouvelle-branche"]);

    let before_everything = "2020-01-01T00:00:00Z".parse().unwrap();
    cluster.stop().unwrap();
    let refused = cluster::restore(&data, &archive, Some(before_everything), now).await.unwrap_err();
    assert!(matches!(refused, Error::NoBase { .. }), "{refused}");
}

#[tokio::test]
async fn older_bases_make_room_with_their_log_and_a_damaged_one_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::set_permissions(folder.path(), std::fs::Permissions::from_mode(0o755)).unwrap();
    let (data, archive) = (folder.path().join("data"), archive_in(folder.path()));
    let (mut cluster, settings) = start(&data, &archive).await;
    let mut bases = Vec::new();
    for code in ["un", "deux", "trois"] {
        make_member(&settings, code).await;
        let base;
        (cluster, base) = back_up(cluster, &archive, 2).await;
        bases.push(base);
        // Names are to the second.
        tokio::time::sleep(Duration::from_millis(1_100)).await;
    }
    copied(&data).await;
    assert_eq!(bases.iter().map(|base| base.removed).collect::<Vec<_>>(), [0, 0, 1]);
    assert!(!bases[0].path.exists() && bases[1].path.exists());
    let depot = bases[1].path.parent().unwrap().parent().unwrap();
    let label = std::fs::read_to_string(bases[1].path.join("backup_label")).unwrap();
    let first = label.split_once("(file ").unwrap().1.split_once(')').unwrap().0.to_owned();
    let mut wal: Vec<String> = std::fs::read_dir(depot.join("wal"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| name.len() == "000000010000000000000001.gz".len())
        .collect();
    wal.sort();
    assert_eq!(wal[0], format!("{first}.gz"), "nothing older than the oldest base: {wal:?}");
    cluster.stop().unwrap();

    let damaged = bases[2].path.join("global/pg_filenode.map");
    let mut bytes = std::fs::read(&damaged).unwrap();
    bytes[10] ^= 1;
    std::fs::write(&damaged, bytes).unwrap();
    let refused = cluster::restore(&data, &archive, None, Clock::system().now()).await.unwrap_err();
    assert!(matches!(&refused, Error::Backup(words) if words.contains("pg_filenode.map")), "{refused}");
    let (cluster, settings) = start(&data, &archive).await;
    assert_eq!(members(&settings).await, ["deux", "trois", "un"], "the cluster that stood there still does");
    cluster.stop().unwrap();
}

#[tokio::test]
async fn a_dump_makes_the_same_database_elsewhere() {
    let address = database::own_database("dump_of_another").await;
    let settings = Settings::new(&address, 2).unwrap();
    db::migrate(&settings).await.unwrap();
    make_member(&settings, "a-copier").await;
    let folder = tempfile::tempdir().unwrap();
    let clock = Clock::system();
    for day in 0..3 {
        let now = clock.now() + chrono::Duration::days(day);
        dump::dump(&settings, folder.path(), 2, now).unwrap();
    }
    let mut dumps: Vec<_> =
        std::fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().path()).collect();
    dumps.sort();
    assert_eq!(dumps.len(), 2, "{dumps:?}");

    let elsewhere = database::own_database("dump_restored").await;
    let output = std::process::Command::new("pg_restore")
        .args(["--exit-on-error", "--no-password", "--dbname"])
        .arg(format!("{elsewhere}&user=chartrier_owner"))
        .arg(&dumps[0])
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert_eq!(members(&Settings::new(&elsewhere, 2).unwrap()).await, ["a-copier"]);
}

fn archive_in(folder: &Path) -> Archive {
    Archive { folder: folder.join("sauvegardes"), wal_seconds: 60 }
}

async fn back_up(cluster: Cluster, archive: &Archive, kept: usize) -> (Cluster, cluster::Base) {
    let archive = archive.clone();
    let work = move || {
        let base = cluster.back_up(&archive, kept, || Clock::system().now()).unwrap();
        (cluster, base)
    };
    tokio::task::spawn_blocking(work).await.unwrap()
}
