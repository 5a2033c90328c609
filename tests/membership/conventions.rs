//! Conventions and the life of members: what a file must say before a member deposits, who follows whom.

use super::{apply, plan};
use chartrier::identity::{Identity, LogIn};
use chartrier::membership::Error;
use chartrier::membership::suspension::tell_ends;
use chartrier::model::{Closed, Role, TenantId};
use chartrier::registry::convention_queries::{conventions, standing};

use super::{MEMBER, clock, folder, own};
use crate::support::service::CONVENTION;
use crate::support::vault;

fn whole() -> String {
    format!("{MEMBER}{CONVENTION}")
}

#[tokio::test]
async fn no_member_deposits_without_a_convention_and_one_replaces_another() {
    let db = own("membership_conventions").await;
    let tenant = TenantId::of_member("bourg");
    let closed =
        async || standing(&mut db.read(tenant).await.unwrap()).await.unwrap().closed_on(clock().today());
    apply(&db, &vault::storage(), folder(&[("bourg", MEMBER)]).path(), &clock()).await.unwrap();
    assert_eq!(closed().await, Some(Closed::NoConvention));
    let said = apply(&db, &vault::storage(), folder(&[("bourg", &whole())]).path(), &clock()).await.unwrap();
    assert_eq!(
        said,
        ["bourg : convention CONVENTION-TEST : mutualisation (archives intermédiaires), en vigueur"]
    );
    assert_eq!(closed().await, None);
    let changed =
        whole().replace("notice_months = 12", "notice_months = 6").replace("Article 3", "Article 30");
    let said = plan(&db, &vault::storage(), folder(&[("bourg", &changed)]).path(), &clock()).await.unwrap();
    assert!(said[0].contains("notice_months (12 → 6)") && said[0].contains("service_level ("), "{said:?}");
    assert!(!said[0].contains("Article"), "its words are not told: {said:?}");
    let next = whole().replace("CONVENTION-TEST", "CONVENTION-2027");
    let said = apply(&db, &vault::storage(), folder(&[("bourg", &next)]).path(), &clock()).await.unwrap();
    assert_eq!(said[0], "bourg : convention CONVENTION-TEST remplacée");
    let states: Vec<_> = conventions(&mut db.read(tenant).await.unwrap()).await.unwrap();
    let states: Vec<_> = states.iter().map(|one| (one.identifier.as_str(), one.state.word())).collect();
    assert_eq!(states.len(), 2);
    assert!(
        states.contains(&("CONVENTION-2027", "active"))
            && states.contains(&("CONVENTION-TEST", "terminated"))
    );
    let ended = next.replace("state = \"active\"\nsigned_on", "state = \"terminated\"\nsigned_on");
    apply(&db, &vault::storage(), folder(&[("bourg", &ended)]).path(), &clock()).await.unwrap();
    assert_eq!(closed().await, Some(Closed::NoConvention));
}

#[tokio::test]
async fn a_convention_that_is_not_complete_is_refused_with_what_it_lacks() {
    let db = own("membership_conventions_refused").await;
    for (from, to, reason) in [
        ("scope = ", "insurance = ", "il manque : Objet (scope)"),
        ("policy_signed_on = 2023-11-20\n", "", "la politique d'archivage signée"),
        (
            "regime = \"mutualisation_intermediaire\"",
            "regime = \"tiers_archivage\"",
            "la certification du tiers",
        ),
        ("scope = ", "portee = ", "rubrique inconnue : portee"),
        ("notice_months = 12", "notice_months = -1", "un préavis de 0 à 120 mois"),
        ("valid_until = 2099-12-31", "valid_until = 2001-12-31", "la fin précède le début"),
        ("transfer_bytes_max = 500", "transfer_bytes_max = 500\nage = \"definitif\"", ""),
    ] {
        let text = whole().replacen(from, to, 1);
        let applied = apply(&db, &vault::storage(), folder(&[("bourg", &text)]).path(), &clock()).await;
        match (applied, reason) {
            (Ok(_), "") => {}
            (Err(Error::Files(faults)), reason) if !reason.is_empty() => {
                assert!(faults.iter().any(|fault| fault.reason.contains(reason)), "{to}: {faults:?}");
            }
            (other, _) => panic!("{to}: {other:?}"),
        }
    }
    // Definitive archives need a service of archives.
    let text = whole()
        .replace("transfer_bytes_max = 500", "transfer_bytes_max = 500\nage = \"definitif\"")
        .replace("archives_service = \"Archives de test\"\n", "");
    let refused = apply(&db, &vault::storage(), folder(&[("bourg", &text)]).path(), &clock()).await;
    let Err(Error::Files(faults)) = refused else { panic!("{refused:?}") };
    assert!(faults[0].reason.contains("service public d'archives"), "{faults:?}");
    assert_eq!(faults[0].line, text.lines().position(|line| line.starts_with("age")).unwrap() + 1);
}

#[tokio::test]
async fn who_works_for_a_member_reads_those_it_has_followed() {
    let db = own("membership_successors").await;
    let old = whole()
        .replace("\"bourg\"", "\"village\"")
        .replace("bourg-bus", "village-bus")
        .replace(
            "department = \"33\"",
            "department = \"33\"\nvalid_until = 2026-12-31\nsuccessor = \"bourg\"",
        )
        .replace("[[person]]\nlogin = \"anne\"\nname = \"Anne\"\nroles = [\"archivist\", \"reader\"]\n", "");
    let new = whole().replace(
        "[[machine]]",
        "[[person]]\nlogin = \"luc\"\nname = \"Luc\"\nroles = [\"depositor\"]\npassword = \"un mot de passe long\"\n\n[[machine]]",
    );
    let new = new.replace(
        "roles = [\"archivist\", \"reader\"]",
        "roles = [\"archivist\", \"reader\"]\npassword = \"un mot de passe long\"",
    );
    apply(&db, &vault::storage(), folder(&[("bourg", &new), ("village", &old)]).path(), &clock())
        .await
        .unwrap();
    let identity = Identity::new(db.clone(), clock(), crate::support::at_rest());
    let members = async |login: &str| {
        let opened = identity.log_in(login, "un mot de passe long", [127, 0, 0, 1].into()).await.unwrap();
        let LogIn::Opened(cookie) = opened else { panic!("{opened:?}") };
        let session = identity.session(&cookie).await.unwrap().unwrap();
        session
            .members
            .into_iter()
            .map(|member| {
                (member.code, member.holdings.into_iter().map(|held| held.role).collect::<Vec<_>>())
            })
            .collect::<Vec<_>>()
    };
    let both = members("anne").await;
    assert_eq!(both.len(), 2, "{both:?}");
    assert!(both.contains(&("village".into(), vec![Role::Archivist, Role::Reader])), "{both:?}");
    assert_eq!(members("luc").await.len(), 1, "who deposits deposits in the new one");
    let mut tx = db.read(TenantId::of_member("village")).await.unwrap();
    assert_eq!(standing(&mut tx).await.unwrap().closed_on(clock().today()), Some(Closed::Member));
    drop(tx);

    let alone = folder(&[("village", &old)]);
    let refused = apply(&db, &vault::storage(), alone.path(), &clock()).await;
    assert!(
        matches!(refused, Err(Error::Files(faults)) if faults[0].reason.contains("« bourg », n'est pas dans le dossier"))
    );
}

#[tokio::test]
async fn the_end_of_a_convention_is_told_once_at_each_delay() {
    let db = own("membership_convention_ends").await;
    let text = whole().replace("valid_until = 2099-12-31", "valid_until = 2027-08-31").replace(
        "roles = [\"archivist\", \"reader\"]",
        "roles = [\"member_admin\", \"pilot\"]\nemail = \"anne@bourg.example\"",
    );
    apply(&db, &vault::storage(), folder(&[("bourg", &text)]).path(), &clock()).await.unwrap();
    let clock = clock();
    assert_eq!(tell_ends(&db, &clock).await.unwrap(), 1, "six months");
    assert_eq!(tell_ends(&db, &clock).await.unwrap(), 0, "once");
    clock.advance(chrono::TimeDelta::days(92));
    assert_eq!(tell_ends(&db, &clock).await.unwrap(), 1, "three months");
    clock.advance(chrono::TimeDelta::days(61));
    assert_eq!((tell_ends(&db, &clock).await.unwrap(), tell_ends(&db, &clock).await.unwrap()), (1, 0));
    let mut tx = db.technical().await.unwrap();
    let letters = "select count(*) from technical.letter where topic like 'convention:%'";
    let letters: i64 = sqlx::query_scalar(letters).fetch_one(tx.conn()).await.unwrap();
    assert_eq!(letters, 3, "an administrator who is the pilot is told once");
}
