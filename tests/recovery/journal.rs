//! The journal's copy beside the archives: brought up to date, site by site, never shortened, put back.

use chartrier::evidence;
use chartrier::model::{Agent, Event, EventType, Outcome, TenantId};
use chartrier::recovery::{self, Error};

use super::{Instance, asked, asked_with};
use crate::support::sip::Sip;

async fn record(instance: &Instance, code: &str, count: usize) {
    for _ in 0..count.div_ceil(400) {
        let mut tx = instance.db.write(TenantId::of_member(code)).await.unwrap();
        for number in 0..count.min(400) {
            tx.record(Event {
                event_type: EventType::Consultation,
                outcome: Outcome::Ok,
                agent: Agent::Service,
                object: format!("object:{number}"),
                detail: vec![("accents", "élève".into())],
            });
        }
        tx.commit().await.unwrap();
    }
}

/// Texts of the journal, in order.
async fn journal(instance: &Instance) -> Vec<String> {
    instance.texts("select entry from event order by seq").await
}

#[tokio::test]
async fn a_journal_of_several_files_comes_back_whole_from_any_site() {
    let folder = tempfile::tempdir().unwrap();
    let origin = Instance::in_folder("journal_origin", folder.path()).await;
    origin.apply(&["ville"]).await;
    let tenant = TenantId::of_member("ville");
    origin.recovery.copy_journal(tenant).await.unwrap();
    record(&origin, "ville", 2_400).await;
    origin.recovery.copy_journal(tenant).await.unwrap();
    record(&origin, "ville", 1).await;
    origin.recovery.copy_journal(tenant).await.unwrap();
    let before = journal(&origin).await;
    assert!(before.len() > 2_400);
    let names = origin.storage.tenant(tenant).kept_names().unwrap();
    assert_eq!(
        names,
        [
            "journal-000000000001.txt",
            "journal-000000001001.txt",
            "journal-000000002001.txt",
            "journal-head.json",
            "register.json"
        ]
    );
    for site in ["nord", "sud"] {
        let there = folder.path().join(site);
        let (est, quarantine) =
            (folder.path().join(format!("est-{site}")), folder.path().join(format!("q-{site}")));
        let again = Instance::open("journal_again", &[(site, &there), ("est", &est)], &quarantine).await;
        let rebuilt = again.rebuild("ville", site).await;
        assert_eq!(rebuilt.journal_entries as usize, before.len());
        let after = journal(&again).await;
        assert_eq!(after[..before.len()], before);
        assert!(after[before.len()].contains("RECONSTRUCTION"), "{}", after[before.len()]);
        again.verify_journal("ville").await;
        // It goes on being copied where it came from.
        again.recovery.copy_journal(tenant).await.unwrap();
    }
}

#[tokio::test]
async fn a_damaged_copy_is_refused_with_the_place_and_nothing_is_put_back() {
    let folder = tempfile::tempdir().unwrap();
    let origin = Instance::in_folder("journal_damaged_origin", folder.path()).await;
    origin.apply(&["ville"]).await;
    let tenant = TenantId::of_member("ville");
    origin.recovery.copy_journal(tenant).await.unwrap();
    let file = folder.path().join("nord/.kept").join(tenant.to_string()).join("journal-000000000001.txt");
    let text = std::fs::read_to_string(&file).unwrap();
    let nord = folder.path().join("nord");
    for (case, damaged) in [
        ("un mot changé", text.replacen("PARAMETRAGE", "PARAMETRAGe", 1)),
        ("une ligne en moins", text.lines().skip(1).map(|line| format!("{line}\n")).collect()),
        ("la fin perdue", text.lines().take(2).map(|line| format!("{line}\n")).collect()),
        ("coupé", text[..text.len() - 10].to_owned()),
    ] {
        write(&file, &damaged);
        let name = format!("q-{}", case.len());
        let (est, quarantine) = (folder.path().join(format!("est-{name}")), folder.path().join(&name));
        let again = Instance::open("journal_damaged", &[("nord", &nord), ("est", &est)], &quarantine).await;
        let refused = again.recovery.rebuild(&asked("nord"), tenant, &mut |_| ()).await.unwrap_err();
        println!("{case} : {refused}");
        let is_said = matches!(&refused, Error::Copy(evidence::copy::Error::Damaged { .. }))
            || matches!(&refused, Error::Db(chartrier::db::Error::Journal(_)));
        assert!(is_said && !refused.is_transient(), "{case}: {refused:?}");
        assert_eq!(again.count("select count(*) from event").await, 0, "{case}");
    }
}

fn write(file: &std::path::Path, text: &str) {
    std::fs::remove_file(file).unwrap();
    std::fs::write(file, text).unwrap();
}

#[tokio::test]
async fn a_database_that_forgot_what_its_copy_remembers_shortens_nothing_and_is_completed() {
    let folder = tempfile::tempdir().unwrap();
    let origin = Instance::in_folder("journal_forgot_origin", folder.path()).await;
    origin.apply(&["ville"]).await;
    let tenant = TenantId::of_member("ville");
    origin.deposit("ville", Sip::with_files("AVANT", 1).zip()).await;
    // A backup, here; then the day goes on.
    let backup = format!("{}_backup", origin.database);
    origin.db.close().await;
    let copy = format!("create database {backup} template {} owner chartrier_owner", origin.database);
    let mut superuser = crate::support::database::connect_as("chartrier_superuser", "postgres").await;
    sqlx::raw_sql(sqlx::AssertSqlSafe(copy)).execute(&mut superuser).await.unwrap();
    let origin = reopened(origin, folder.path()).await;
    let after = origin.deposit("ville", Sip::with_files("APRES", 1).zip()).await;
    origin.recovery.copy_journal(tenant).await.unwrap();
    let remembered = journal(&origin).await;

    let restored =
        Instance { database: backup, ..Instance::in_folder("journal_forgot", folder.path()).await };
    let restored = reopened(restored, folder.path()).await;
    let refused = restored.recovery.copy_journal(tenant).await.unwrap_err();
    assert!(matches!(refused, Error::Copy(evidence::copy::Error::Forgotten { .. })), "{refused}");
    let rebuilt = restored.rebuild("ville", "nord").await;
    assert_eq!((rebuilt.entered, rebuilt.known), (1, 1), "{rebuilt:?}");
    assert_eq!(journal(&restored).await[..remembered.len()], remembered);
    assert_eq!(restored.transfer("ville", after.transfer_id).await.archive_id, after.archive_id);
    restored.verify_journal("ville").await;
    restored.recovery.copy_journal(tenant).await.unwrap();
}

#[tokio::test]
async fn two_journals_are_told_and_the_site_s_is_put_aside_when_asked() {
    let folder = tempfile::tempdir().unwrap();
    let origin = Instance::in_folder("journal_two_origin", folder.path()).await;
    origin.apply(&["ville"]).await;
    let tenant = TenantId::of_member("ville");
    let first = origin.deposit("ville", Sip::with_files("PREMIER", 1).zip()).await;
    origin.recovery.copy_journal(tenant).await.unwrap();
    // The database is lost, and the member made anew before anything was rebuilt.
    let again = Instance::in_folder("journal_two", folder.path()).await;
    again.apply(&["ville"]).await;
    let refused = again.recovery.rebuild(&asked("nord"), tenant, &mut |_| ()).await.unwrap_err();
    assert!(matches!(refused, Error::TwoJournals { .. }), "{refused}");
    let keeping = asked_with("nord", true);
    let rebuilt = again.recovery.rebuild(&keeping, tenant, &mut |_| ()).await.unwrap();
    assert_eq!((rebuilt.entered, rebuilt.journal_entries), (1, 0), "{rebuilt:?}");
    assert_eq!(again.transfer("ville", first.transfer_id).await.archive_id, first.archive_id);
    again.verify_journal("ville").await;
    let nord = again.storage.tenant(tenant).on(&["nord"]).unwrap();
    let aside = nord.kept_names().unwrap().into_iter().filter(|name| name.starts_with("aside-")).count();
    assert_eq!(aside, 3, "its files and its head");
    let told = again.recovery.copy_journal(tenant).await.unwrap_err();
    assert!(
        matches!(told, Error::Copy(evidence::copy::Error::Forgotten { .. })),
        "sud has the former one: {told}"
    );
    let keeping = asked_with("sud", true);
    again.recovery.rebuild(&keeping, tenant, &mut |_| ()).await.unwrap();
    again.recovery.copy_journal(tenant).await.unwrap();
}

/// The same instance over its database as it is named now.
async fn reopened(instance: Instance, folder: &std::path::Path) -> Instance {
    let Instance { database, clock, .. } = instance;
    let base = crate::support::database::settings_of(&database);
    let db = chartrier::db::Db::connect(&base, clock.clone()).await.unwrap();
    let storage = chartrier::storage::Storage::open(&chartrier::storage::Settings::folders(
        ["nord", "sud"].map(|site| (site.to_owned(), folder.join(site))),
        folder.join("quarantine"),
    ))
    .unwrap();
    let limits = chartrier::model::Limits::default();
    let ingest = chartrier::ingest::Ingest::new(db.clone(), storage.clone(), clock.clone(), limits, 30);
    let recovery = recovery::Recovery::new(db.clone(), storage.clone(), clock.clone());
    Instance { database, clock, db, storage, ingest, recovery }
}

async fn behind_since(instance: &Instance, moment: chrono::DateTime<chrono::Utc>) -> Vec<recovery::Behind> {
    recovery::behind(&mut instance.db.technical().await.unwrap(), moment).await.unwrap()
}

#[tokio::test]
async fn copies_are_asked_for_when_they_lag_behind_and_only_then() {
    let folder = tempfile::tempdir().unwrap();
    let instance = Instance::in_folder("journal_asked", folder.path()).await;
    instance.apply(&["ville", "village"]).await;
    let jobs = "select count(*) from technical.job where kind = 'copy_journal'";
    instance.recovery.ask_for_copies().await.unwrap();
    assert_eq!(instance.count(jobs).await, 2);
    let tenant = TenantId::of_member("ville");
    instance.recovery.copy_journal(tenant).await.unwrap();
    sqlx::query("delete from technical.job").execute(&mut instance.superuser().await).await.unwrap();
    instance.recovery.ask_for_copies().await.unwrap();
    assert_eq!(instance.count(jobs).await, 1, "the other member's");
    let later = instance.clock.now() + chrono::Duration::hours(1);
    let behind = behind_since(&instance, later).await;
    assert_eq!(behind.len(), 2, "{behind:?}");
    assert!(behind.iter().all(|behind| behind.tenant == TenantId::of_member("village")));

    // A site that is away is left behind, and catches up.
    let (sud, away) = (folder.path().join("sud"), folder.path().join("away"));
    std::fs::rename(&sud, &away).unwrap();
    record(&instance, "ville", 1).await;
    instance.recovery.ask_for_copies().await.unwrap();
    instance.recovery.copy_journal(tenant).await.unwrap();
    let behind = behind_since(&instance, later).await;
    let sites: Vec<&str> =
        behind.iter().filter(|behind| behind.tenant == tenant).map(|behind| behind.site.as_str()).collect();
    assert_eq!(sites, ["sud"]);
    std::fs::rename(&away, &sud).unwrap();
    instance.recovery.copy_journal(tenant).await.unwrap();
    assert!(behind_since(&instance, later).await.iter().all(|behind| behind.tenant != tenant));
}
