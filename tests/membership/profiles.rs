//! Archive profiles named by members' files: compiled before anything changes, versions kept.

use super::{apply, plan};
use chartrier::membership::Error;
use chartrier::model::TenantId;
use chartrier::registry::profile_queries::{find_profile_named, find_rng, profile_versions};
use chartrier::registry::queries::find_agreement;

use super::{MEMBER, clock, entries, folder, own};
use crate::support::{profile, vault};

const PROFILE: &str = r#"
[[profile]]
identifier = "ACTES-2.1"
name = "Actes"
file = "profils/actes.rng"
"#;

/// The member's file with one profile, listed and imposed by its agreement.
fn member() -> String {
    let bound = "originating = [\"SV\"]\nprofiles = [\"ACTES-2.1\"]\nprofile_imposed = true";
    format!("{}{PROFILE}", MEMBER.replace("originating = [\"SV\"]", bound))
}

fn with_profile(text: &str, rng: &[u8]) -> tempfile::TempDir {
    let folder = folder(&[("bourg", text)]);
    let profiles = folder.path().join("bourg/profils");
    std::fs::create_dir(&profiles).unwrap();
    std::fs::write(profiles.join("actes.rng"), rng).unwrap();
    folder
}

#[tokio::test]
async fn a_profile_is_made_bound_and_replaced_by_what_the_file_says() {
    let db = own("membership_profiles").await;
    let first = profile::grammar("2.1", "Un");
    let files = with_profile(&member(), &first);
    let planned = plan(&db, &vault::storage(), files.path(), &clock()).await.unwrap();
    let made = apply(&db, &vault::storage(), files.path(), &clock()).await.unwrap();
    // Secrets apart, which only applying makes.
    let about = |sentences: &[String]| -> Vec<String> {
        sentences.iter().filter(|sentence| sentence.contains("profil")).cloned().collect()
    };
    assert_eq!(about(&planned), about(&made));
    assert_eq!(about(&made), ["bourg : profil créé : ACTES-2.1, Actes (SEDA 2.1)"]);
    let before = entries(&db, "bourg").await;
    assert_eq!(apply(&db, &vault::storage(), files.path(), &clock()).await.unwrap(), Vec::<String>::new());
    assert_eq!(entries(&db, "bourg").await, before);

    let changed = member()
        .replace("file = \"profils", "state = \"inactive\"\nnotice = \"Pour essai\"\nfile = \"profils")
        .replace("profile_imposed = true", "profile_imposed = false");
    let second = profile::grammar("2.2", "Deux");
    let sentences =
        apply(&db, &vault::storage(), with_profile(&changed, &second).path(), &clock()).await.unwrap();
    assert_eq!(
        sentences,
        [
            "bourg : profil ACTES-2.1 modifié : notice ( → Pour essai), state (active → inactive), version (1 → 2)",
            "bourg : accord ACTES modifié : profile_imposed (true → false)",
        ]
    );
    let mut tx = db.read(TenantId::of_member("bourg")).await.unwrap();
    let found = find_profile_named(&mut tx, "ACTES-2.1").await.unwrap().unwrap();
    assert!(!found.active && found.agreements == ["ACTES"] && found.in_force.imported_by.is_none());
    assert_eq!((found.in_force.version, found.in_force.seda_version.as_deref()), (2, Some("2.2")));
    assert_eq!(profile_versions(&mut tx, found.profile_id).await.unwrap().len(), 2);
    assert_eq!(find_rng(&mut tx, found.profile_id, 1).await.unwrap(), Some(first));
    drop(tx);

    // A file that no longer speaks of them leaves them as they are.
    assert_eq!(
        apply(&db, &vault::storage(), folder(&[("bourg", MEMBER)]).path(), &clock()).await.unwrap(),
        Vec::<String>::new()
    );
    let mut tx = db.read(TenantId::of_member("bourg")).await.unwrap();
    assert_eq!(find_agreement(&mut tx, "ACTES").await.unwrap().unwrap().profiles, ["ACTES-2.1"]);
}

#[tokio::test]
async fn a_file_that_is_no_profile_refuses_the_whole_with_its_line() {
    let db = own("membership_profiles_refused").await;
    let good = profile::grammar("2.1", "Un");
    for (text, rng, expected) in [
        (member(), profile::BROKEN.to_vec(), "bourg/profils/actes.rng:"),
        (member().replace("actes.rng", "autre.rng"), good.clone(), "illisible"),
        (member().replace("profils/actes.rng", "../ailleurs.rng"), good.clone(), "sous le dossier du membre"),
        (
            member().replace("profiles = [\"ACTES-2.1\"]", "profiles = [\"PES\"]"),
            good.clone(),
            "aucun profil « PES »",
        ),
        (
            member().replace("profiles = [\"ACTES-2.1\"]", "profiles = []"),
            good.clone(),
            "en nomme au moins un",
        ),
        (format!("{}{PROFILE}", member()), good.clone(), "« ACTES-2.1 » est écrit deux fois"),
        (member(), vec![b' '; (2 << 20) + 1], "bourg/"),
    ] {
        let error =
            apply(&db, &vault::storage(), with_profile(&text, &rng).path(), &clock()).await.unwrap_err();
        let Error::Files(faults) = &error else { panic!("{error}") };
        assert!(error.to_string().contains(expected), "{expected}\n{error}");
        assert!(!faults.is_empty());
    }
    let mut tx = db.technical().await.unwrap();
    assert!(chartrier::registry::queries::members(&mut tx).await.unwrap().is_empty());
}
