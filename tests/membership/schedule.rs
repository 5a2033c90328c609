//! Retention schedules: what an agreement may name, three levels, versions, validation by another person.

use super::{apply, plan};
use chartrier::membership::Error;
use chartrier::membership::profiles::By;
use chartrier::membership::schedule::{Imported, Refused, import_department, import_member, validate};
use chartrier::model::{Age, Fate, PersonId, Role, TenantId};
use chartrier::registry::queries::find_agreement;
use chartrier::registry::{retention, retention_queries};
use chartrier::seda::retention::HEADER;
use uuid::Uuid;

use super::{MEMBER, clock, folder, own};
use crate::support::vault;

fn file(lines: &str) -> Vec<u8> {
    format!("{}\n{lines}\n", HEADER.join(";")).into_bytes()
}

fn with(more: &str) -> String {
    MEMBER.replace("transfer_bytes_max = 500", &format!("transfer_bytes_max = 500\n{more}"))
}

/// Duration and fate of the rule in force.
async fn in_force(db: &chartrier::db::Db, code: &str) -> Option<(String, Fate, bool)> {
    let mut tx = db.read(TenantId::of_member("bourg")).await.unwrap();
    let versions = retention_queries::versions_of(&mut tx, code).await.unwrap();
    let rule = retention::in_force(code, versions, clock().today())?;
    Some((rule.utility.word().to_owned(), rule.fate, rule.is_validated))
}

#[tokio::test]
async fn an_agreement_names_a_rule_that_exists_and_its_versions_are_kept() {
    let db = own("membership_schedule_named").await;
    let decided = with(
        "age = \"definitif\"\ntypology = \"DELIBERATIONS\"\nreply_codes = \"words\"\ndigests = [\"SHA-512\"]",
    );
    apply(&db, &vault::storage(), folder(&[("bourg", MEMBER)]).path(), &clock()).await.unwrap();
    let files = folder(&[("bourg", &decided)]);
    let said = plan(&db, &vault::storage(), files.path(), &clock()).await.unwrap();
    assert_eq!(
        said,
        ["bourg : accord ACTES modifié : age (intermediaire → definitif), typology ( → DELIBERATIONS), \
          digests ( → SHA-512), reply_codes (numbers → words)"]
    );
    apply(&db, &vault::storage(), files.path(), &clock()).await.unwrap();
    let mut tx = db.read(TenantId::of_member("bourg")).await.unwrap();
    let agreement = find_agreement(&mut tx, "ACTES").await.unwrap().unwrap();
    assert_eq!(
        (agreement.conditions.age, agreement.conditions.digests),
        (Age::Definitif, vec!["SHA-512".to_owned()])
    );
    let versions = "select version from agreement_version order by version";
    let versions: Vec<i32> = sqlx::query_scalar(versions).fetch_all(tx.conn()).await.unwrap();
    assert_eq!(versions, [1, 2]);
    drop(tx);
    assert_eq!(plan(&db, &vault::storage(), files.path(), &clock()).await.unwrap(), Vec::<String>::new());

    // Told with what else is wrong.
    let unknown = with("typology = \"CADASTRE\"").replace("siren = \"732829320\"", "siren = \"732829321\"");
    let files = folder(&[("bourg", &unknown)]);
    let refused = plan(&db, &vault::storage(), files.path(), &clock()).await;
    let Err(Error::Files(faults)) = refused else { panic!("known") };
    assert!(faults.len() == 2 && faults[0].reason.starts_with("SIREN"), "{faults:?}");
    let faults = &faults[1..];
    assert!(faults[0].reason.contains("n'a pas de règle « CADASTRE »"), "{faults:?}");
    assert_eq!(faults[0].line, unknown.lines().position(|line| line.starts_with("typology")).unwrap() + 1);
    import_department(&db, &clock(), "33", &file("CADASTRE;Matrices;P10Y;date;C;;;;;valide"), false)
        .await
        .unwrap();
    let files = folder(&[("bourg", &with("typology = \"CADASTRE\""))]);
    plan(&db, &vault::storage(), files.path(), &clock()).await.unwrap();
    for (wrong, reason) in [
        ("age = \"courant\"", "« courant » : attendu intermediaire, definitif"),
        ("digests = [\"CRC\"]", "« CRC » : attendu MD5, SHA-1, SHA-256, SHA-384, SHA-512"),
        ("notify = [\"mairie\"]", "une adresse « nom@domaine » est attendue"),
        ("document_signatures = \"oui\"", "« oui » : attendu free, required, valid"),
    ] {
        let wrong = with(wrong);
        let refused = apply(&db, &vault::storage(), folder(&[("bourg", &wrong)]).path(), &clock()).await;
        let Err(Error::Files(faults)) = refused else { panic!("{wrong}") };
        assert_eq!(faults[0].reason, reason);
    }
}

#[tokio::test]
async fn a_member_is_stricter_by_itself_and_laxer_once_the_control_authority_says_so() {
    let db = own("membership_schedule").await;
    apply(&db, &vault::storage(), folder(&[("bourg", MEMBER)]).path(), &clock()).await.unwrap();
    let tenant = TenantId::of_member("bourg");
    let by = |role| By { tenant, person: PersonId(Uuid::now_v7()), role };
    let (archivist, control) = (by(Role::Archivist), by(Role::ControlAuthority));
    assert_eq!(in_force(&db, "FACTURES").await, Some(("P10Y".into(), Fate::Destroy, true)));

    // The département's own rule stands for its members, whatever it says.
    let of_department = file("FACTURES;Factures;P9Y;cloture_exercice;D;;AD;;;valide");
    let told = import_department(&db, &clock(), "33", &of_department, true).await.unwrap();
    assert_eq!(told, Imported { new: 1, ..Imported::default() });
    assert_eq!(in_force(&db, "FACTURES").await.unwrap().0, "P10Y", "a dry run changes nothing");
    import_department(&db, &clock(), "33", &of_department, false).await.unwrap();
    import_department(
        &db,
        &clock(),
        "44",
        &file("FACTURES;Factures;P1Y;cloture_exercice;D;;;;;valide"),
        false,
    )
    .await
    .unwrap();
    assert_eq!(
        in_force(&db, "FACTURES").await.unwrap().0,
        "P9Y",
        "another département's rule is not its own"
    );

    // A person's rule says itself validated: it is not.
    let import = async |line: &str| {
        import_member(&db, &clock(), tenant, Some(archivist), &file(line), false).await.unwrap()
    };
    let told = import("FACTURES;Factures;P12Y;cloture_exercice;C;;;;;valide").await;
    assert_eq!(told, Imported { new: 1, to_validate: 1, ..Imported::default() });
    assert_eq!(
        in_force(&db, "FACTURES").await,
        Some(("P12Y".into(), Fate::Keep, false)),
        "stricter: at once"
    );
    import("FACTURES;Factures;P5Y;cloture_exercice;D;;;;;valide").await;
    assert_eq!(in_force(&db, "FACTURES").await.unwrap().0, "P12Y", "laxer: not before somebody said so");
    assert!(!validate(&db, &clock(), archivist, "FACTURES").await.unwrap(), "who proposes does not validate");
    assert!(validate(&db, &clock(), control, "FACTURES").await.unwrap());
    assert_eq!(in_force(&db, "FACTURES").await, Some(("P5Y".into(), Fate::Destroy, true)));
    assert!(!validate(&db, &clock(), control, "FACTURES").await.unwrap(), "once");
    assert!(!validate(&db, &clock(), control, "INCONNUE").await.unwrap());

    let same = import("FACTURES;Factures;P5Y;cloture_exercice;D;;;;;a_valider").await;
    assert_eq!(same, Imported { same: 1, ..Imported::default() }, "validated already");
    let wrong = import_member(&db, &clock(), tenant, None, b"code\n", false).await;
    assert!(matches!(wrong, Err(Refused::File(faults)) if faults[0].line == 1));
}
