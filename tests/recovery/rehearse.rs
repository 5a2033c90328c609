//! A member rebuilt elsewhere and compared, while it goes on working.

use chartrier::db::Settings;
use chartrier::model::TenantId;
use chartrier::recovery::{Rehearsing, last_rehearsals};

use super::Instance;
use crate::support::database;
use crate::support::sip::Sip;

async fn rehearse(
    instance: &Instance,
    folder: &std::path::Path,
    whole: bool,
) -> chartrier::recovery::Rehearsal {
    let running: Settings = database::settings_of(&instance.database);
    let rehearsing = Rehearsing {
        tenant: TenantId::of_member("ville"),
        site: "sud".into(),
        whole,
        running: &running,
        folder: &folder.join("repetition"),
    };
    instance.recovery.rehearse(&rehearsing, &mut |_| ()).await.unwrap()
}

#[tokio::test]
async fn a_rehearsal_finds_the_same_member_and_says_how_long_it_took() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::set_permissions(folder.path(), std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
    let instance = Instance::in_folder("rehearse", folder.path()).await;
    instance.apply(&["ville"]).await;
    for name in ["UN", "DEUX", "TROIS"] {
        instance.deposit("ville", Sip::with_files(name, 2).zip()).await;
    }
    // Something waits in quarantine, something else was refused.
    let waiting = instance.receive("ville", Sip::with_files("ATTEND", 1).zip()).await;
    let refused = Sip { first_digest: Some("0".repeat(128)), ..Sip::with_files("REFUSE", 1) };
    instance.deposit("ville", refused.zip()).await;
    for whole in [true, false] {
        let rehearsal = rehearse(&instance, folder.path(), whole).await;
        println!("{rehearsal:?}");
        assert!(rehearsal.differences.is_empty(), "{:?}", rehearsal.differences);
        assert_eq!(rehearsal.rebuilt.entered, 3);
        assert!(rehearsal.rows > 60, "{}", rehearsal.rows);
    }
    assert!(!folder.path().join("repetition").exists(), "nothing is left of it");
    let kept = last_rehearsals(&mut instance.db.technical().await.unwrap(), 10).await.unwrap();
    assert_eq!((kept.len(), kept[0].0.as_str(), kept[0].1.archive_count), (2, "Commune de ville", 3));
    instance.verify_journal("ville").await;
    // The transfer that waited is untouched.
    instance.ingest.advance(TenantId::of_member("ville"), waiting).await.unwrap();
    assert!(instance.transfer("ville", waiting).await.archive_id.is_some());

    // A row changed by hand, and an archive that lost a byte on the site, are seen.
    let mut superuser = instance.superuser().await;
    sqlx::query("update unit set title = 'Autre' where ordinal = 0").execute(&mut superuser).await.unwrap();
    sqlx::query("update archive set title = 'Autre' where cote like '%-000001'")
        .execute(&mut superuser)
        .await
        .unwrap();
    let rehearsal = rehearse(&instance, folder.path(), true).await;
    println!("{:?}", rehearsal.differences);
    let tables: Vec<&str> = rehearsal.differences.iter().filter_map(|said| said.split(' ').next()).collect();
    assert_eq!(tables, ["archive", "unit"]);
}
