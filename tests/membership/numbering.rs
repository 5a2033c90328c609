//! The patterns of numbers of a member's file.

use super::{apply, plan};
use chartrier::membership::Error;
use chartrier::membership::export::export;
use chartrier::model::{NumberKind, TenantId};
use chartrier::registry::numbering_queries::in_force;

use super::{MEMBER, clock, folder, own};
use crate::support::vault;

/// The member's file with these patterns.
fn with(patterns: &str) -> String {
    MEMBER.replacen("[quota]", &format!("[numbering]\n{patterns}\n[quota]"), 1)
}

#[tokio::test]
async fn the_patterns_are_what_the_file_says_and_others_stay() {
    let db = own("membership_numbering").await;
    let storage = vault::storage();
    apply(&db, &storage, folder(&[("bourg", MEMBER)]).path(), &clock()).await.unwrap();
    let patterns = async || {
        let mut tx = db.read(TenantId::of_member("bourg")).await.unwrap();
        let known = in_force(&mut tx).await.unwrap();
        known.into_iter().map(|(known, is_set)| (known.kind, known.written, is_set)).collect::<Vec<_>>()
    };
    assert!(patterns().await.iter().all(|(kind, written, set)| written == kind.default_pattern() && !set));
    let decided = with("cote = \"{year}/{number:4}\"\nattestation = \"{code}-ATT-{year}-{number:6}\"");
    let said = "bourg : numérotation, cote : {code}-{year}-{number:6} → {year}/{number:4}";
    let planned =
        async || plan(&db, &storage, folder(&[("bourg", &decided)]).path(), &clock()).await.unwrap();
    assert_eq!(planned().await, [said], "what is as it was changes nothing");
    apply(&db, &storage, folder(&[("bourg", &decided)]).path(), &clock()).await.unwrap();
    assert_eq!(planned().await, Vec::<String>::new());
    let kept = patterns().await;
    assert_eq!(kept[0], (NumberKind::Cote, "{year}/{number:4}".into(), true));
    assert!(kept[1..].iter().all(|(.., is_set)| !is_set));
    // A file that names none leaves them; what is exported has it.
    apply(&db, &storage, folder(&[("bourg", MEMBER)]).path(), &clock()).await.unwrap();
    assert_eq!(patterns().await, kept);
    let given = tempfile::tempdir().unwrap();
    export(&db, given.path(), None).await.unwrap();
    let text = std::fs::read_to_string(given.path().join("bourg/member.toml")).unwrap();
    assert!(text.contains("[numbering]\ncote = \"{year}/{number:4}\"\n"), "{text}");
    assert_eq!(plan(&db, &storage, given.path(), &clock()).await.unwrap(), Vec::<String>::new());
}

#[tokio::test]
async fn a_pattern_that_would_give_a_number_twice_is_refused_with_its_line() {
    let db = own("membership_numbering_refused").await;
    for (pattern, reason) in [
        ("cote = \"{code}-{number:6}\"", "cote : il manque {year}"),
        (
            "accuse = \"{year}-{code}-{number}\"",
            "accuse : le modèle commence par {code}, puis un tiret, un souligné ou un point",
        ),
        (
            "accuse = \"{code}-ATT-{year}-{number}\"",
            "accuse : ces numéros seraient ceux d'un autre genre (Attestations)",
        ),
    ] {
        let wrong = with(pattern);
        let refused = apply(&db, &vault::storage(), folder(&[("bourg", &wrong)]).path(), &clock()).await;
        let Err(Error::Files(faults)) = refused else { panic!("{pattern}: {refused:?}") };
        assert_eq!(faults[0].reason, reason, "{pattern}");
        let word = pattern.split(' ').next().unwrap();
        assert_eq!(faults[0].line, wrong.lines().position(|line| line.starts_with(word)).unwrap() + 1);
    }
}
