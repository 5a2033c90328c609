//! A member's own set of sites comes back with its register: whatever made it, and whatever the settings have become.

use std::path::{Path, PathBuf};

use chartrier::model::{Agent, TenantId, TransferState};
use chartrier::preservation::{Preservation, Settings};
use chartrier::recovery::Told;
use serde_json::Value;

use super::{CONVENTION, Instance, MEMBER, asked, asked_with};
use crate::support::sip::Sip;

const CODE: &str = "ville";
/// What `origin` leaves the member with, as an array of the database.
const OWN: &str = "{nord,sud,est}";

fn tenant() -> TenantId {
    TenantId::of_member(CODE)
}

async fn on_sites(name: &str, folder: &Path, sites: &[&str], quarantine: &str) -> Instance {
    let places: Vec<(&str, PathBuf)> = sites.iter().map(|site| (*site, folder.join(site))).collect();
    let places: Vec<(&str, &Path)> = places.iter().map(|(site, place)| (*site, place.as_path())).collect();
    Instance::open(name, &places, &folder.join(quarantine)).await
}

/// The member is kept on two of four sites, as its file says; then a third is added.
async fn origin(folder: &Path) -> Instance {
    let origin = on_sites("sites_origin", folder, &["nord", "sud", "est", "ouest"], "quarantine").await;
    let own = "department = \"96\"\nsites = [\"nord\", \"sud\"]";
    let members = folder.join("members");
    std::fs::create_dir_all(members.join(CODE).join("profils")).unwrap();
    let file = MEMBER.replace("CODE", CODE).replace("department = \"96\"", own) + CONVENTION;
    std::fs::write(members.join(CODE).join("member.toml"), file).unwrap();
    let grammar = crate::support::profile::grammar("2.1", super::TITLE);
    std::fs::write(members.join(CODE).join("profils/delib.rng"), grammar).unwrap();
    chartrier::membership::apply(
        &origin.db,
        &origin.storage,
        &members,
        &origin.clock,
        chartrier::membership::Taking::Files,
    )
    .await
    .unwrap();
    origin.deposit(CODE, Sip::with_files("AVANT", 1).zip()).await;
    origin.recovery.copy_journal(tenant()).await.unwrap();
    assert_eq!(own_sites(&origin).await, ["{nord,sud}"]);
    let preservation = Preservation::new(
        origin.db.clone(),
        origin.storage.clone(),
        origin.clock.clone(),
        Settings::default(),
    );
    preservation.add_site(Agent::Operator, tenant(), "est").await.unwrap().unwrap();
    origin.recovery.copy_journal(tenant()).await.unwrap();
    assert_eq!(own_sites(&origin).await, [OWN]);
    origin
}

async fn own_sites(instance: &Instance) -> Vec<String> {
    instance.texts("select coalesce(sites::text, 'tous') from member").await
}

fn register(folder: &Path, site: &str) -> PathBuf {
    folder.join(site).join(".kept").join(tenant().to_string()).join("register.json")
}

#[tokio::test]
async fn a_member_that_is_rebuilt_keeps_its_own_sites_as_a_migration_left_them() {
    let folder = tempfile::tempdir().unwrap();
    drop(origin(folder.path()).await);
    for site in ["nord", "sud", "est"] {
        let kept: Value =
            serde_json::from_slice(&std::fs::read(register(folder.path(), site)).unwrap()).unwrap();
        assert_eq!(kept["member"][0]["sites"], serde_json::json!(["nord", "sud", "est"]), "{site}");
    }
    assert!(!register(folder.path(), "ouest").exists(), "not one of its sites");
    let again = on_sites("sites_again", folder.path(), &["nord", "sud", "est", "ouest"], "q2").await;
    let rebuilt = again.rebuild(CODE, "nord").await;
    assert_eq!((rebuilt.entered, own_sites(&again).await), (1, vec![OWN.to_string()]));
    // Accounts come by the files; one that names no site changes none.
    again.apply(&[CODE]).await;
    assert_eq!(own_sites(&again).await, [OWN]);
    let transfer = again.deposit(CODE, Sip::with_files("APRES", 1).zip()).await;
    assert_eq!(transfer.state, TransferState::TakenInCharge, "{:?}", transfer.findings);
    let archive = transfer.archive_id.unwrap();
    let copies = format!("select site from copy where archive_id = '{archive}' order by site");
    assert_eq!(again.texts(&copies).await, ["est", "nord", "sud"], "and nowhere else");
}

#[tokio::test]
async fn a_member_made_anew_by_a_file_that_names_no_site_gets_its_own_back() {
    let folder = tempfile::tempdir().unwrap();
    drop(origin(folder.path()).await);
    let again = on_sites("sites_applied", folder.path(), &["nord", "sud", "est", "ouest"], "q2").await;
    again.apply(&[CODE]).await;
    assert_eq!(own_sites(&again).await, ["tous"]);
    again.recovery.rebuild(&asked_with("nord", true), tenant(), &mut |_| ()).await.unwrap();
    assert_eq!(own_sites(&again).await, [OWN]);
}

#[tokio::test]
async fn a_register_that_says_no_sites_is_read_and_the_member_is_on_all_of_them() {
    let folder = tempfile::tempdir().unwrap();
    drop(origin(folder.path()).await);
    let file = register(folder.path(), "nord");
    let mut kept: Value = serde_json::from_slice(&std::fs::read(&file).unwrap()).unwrap();
    kept["member"][0].as_object_mut().unwrap().remove("sites").expect("it said them");
    std::fs::remove_file(&file).unwrap();
    std::fs::write(&file, kept.to_string()).unwrap();
    let again = on_sites("sites_older", folder.path(), &["nord", "sud", "est", "ouest"], "q2").await;
    let rebuilt = again.rebuild(CODE, "nord").await;
    assert_eq!((rebuilt.entered, own_sites(&again).await), (1, vec!["tous".to_string()]));
    assert_eq!(again.texts("select name from member").await, ["Commune de ville"], "the rest is read");
}

#[tokio::test]
async fn a_site_of_the_member_that_the_settings_do_not_know_is_told() {
    let folder = tempfile::tempdir().unwrap();
    drop(origin(folder.path()).await);
    let again = on_sites("sites_unknown", folder.path(), &["nord", "est"], "q2").await;
    let mut told = Vec::new();
    let mut tell = |said: Told<'_>| {
        if let Told::Sites(reason) = said {
            told.push(reason.to_owned());
        }
    };
    let rebuilt = again.recovery.rebuild(&asked("nord"), tenant(), &mut tell).await.unwrap();
    assert_eq!(told, ["le site « sud » n’est pas dans les réglages"]);
    assert_eq!((rebuilt.entered, own_sites(&again).await), (1, vec![OWN.to_string()]));
}

#[tokio::test]
async fn a_register_of_an_older_schema_is_written_again_even_when_nothing_happened() {
    let folder = tempfile::tempdir().unwrap();
    let instance = origin(folder.path()).await;
    let jobs = "select count(*) from technical.job where kind = 'copy_journal'";
    instance.recovery.ask_for_copies().await.unwrap();
    assert_eq!(instance.count(jobs).await, 0, "the copies are up to date");
    // As the site and the row were before an update of the program.
    let file = register(folder.path(), "sud");
    let now = std::fs::read_to_string(&file).unwrap();
    let mut kept: Value = serde_json::from_str(&now).unwrap();
    kept["schema"] = 1.into();
    std::fs::remove_file(&file).unwrap();
    std::fs::write(&file, kept.to_string()).unwrap();
    let before = "update technical.journal_copy set register_schema = 1 where site = 'sud'";
    sqlx::query(before).execute(&mut instance.superuser().await).await.unwrap();
    instance.recovery.ask_for_copies().await.unwrap();
    assert_eq!(instance.count(jobs).await, 1);
    instance.recovery.copy_journal(tenant()).await.unwrap();
    assert_eq!(std::fs::read_to_string(&file).unwrap(), now);
    let late = "select count(*) from technical.journal_copy where register_schema = 1";
    assert_eq!(instance.count(late).await, 0);
}
