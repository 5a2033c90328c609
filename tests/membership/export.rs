//! Members given back as files: applying them changes nothing, and makes the same members elsewhere.

use std::path::Path;

use super::{apply, plan};
use chartrier::membership::export::{Error, export};

use super::{clock, own};
use crate::support::vault;

#[tokio::test]
async fn what_is_exported_changes_nothing_here_and_makes_the_same_elsewhere() {
    let db = own("membership_export").await;
    let tenants = Path::new(env!("CARGO_MANIFEST_DIR")).join("tenants");
    apply(&db, &vault::storage(), &tenants, &clock()).await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let given = folder.path().join("rendu");
    let codes = export(&db, &given, None).await.unwrap();
    assert_eq!(codes.len(), 7);
    let said = plan(&db, &vault::storage(), &given, &clock()).await.unwrap();
    assert_eq!(said, Vec::<String>::new(), "here");
    let text = std::fs::read_to_string(given.join("haute-valmoure/member.toml")).unwrap();
    assert!(!text.contains("demonstration-") && text.contains("HV-2024"), "no secret: {text}");

    let elsewhere = own("membership_export_elsewhere").await;
    apply(&elsewhere, &vault::storage(), &given, &clock()).await.unwrap();
    let said = plan(&elsewhere, &vault::storage(), &tenants, &clock()).await.unwrap();
    assert_eq!(said, Vec::<String>::new(), "the files we began with");

    assert!(matches!(export(&db, &given, None).await, Err(Error::NotEmpty(_))));
    let one = folder.path().join("un");
    assert_eq!(export(&db, &one, Some("saint-aubrac")).await.unwrap(), ["saint-aubrac"]);
    assert!(one.join("saint-aubrac/profils").is_dir());
    let none = folder.path().join("aucun");
    assert!(matches!(export(&db, &none, Some("inconnue")).await, Err(Error::Unknown(_))));
}
