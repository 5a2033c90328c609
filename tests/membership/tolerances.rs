//! Extensions of other systems that an agreement of a member's file admits.

use super::{apply, plan};
use chartrier::membership::Error;
use chartrier::model::TenantId;
use chartrier::registry::queries::find_agreement;

use super::{MEMBER, clock, folder, own};
use crate::support::vault;

#[tokio::test]
async fn tolerances_are_those_the_file_says_and_planned_before() {
    let db = own("membership_tolerances").await;
    apply(&db, &vault::storage(), folder(&[("bourg", MEMBER)]).path(), &clock()).await.unwrap();
    let with = MEMBER.replace(
        "transfer_bytes_max = 500",
        "transfer_bytes_max = 500\ntolerances = [\"update_operation\", \"hold_rule\"]",
    );
    let changed = ["bourg : accord ACTES modifié : tolerances (– → hold_rule update_operation)"];
    assert_eq!(
        plan(&db, &vault::storage(), folder(&[("bourg", &with)]).path(), &clock()).await.unwrap(),
        changed
    );
    assert_eq!(
        apply(&db, &vault::storage(), folder(&[("bourg", &with)]).path(), &clock()).await.unwrap(),
        changed
    );
    let again = apply(&db, &vault::storage(), folder(&[("bourg", &with)]).path(), &clock()).await.unwrap();
    assert_eq!(again, Vec::<String>::new());
    let mut tx = db.read(TenantId::of_member("bourg")).await.unwrap();
    let agreement = find_agreement(&mut tx, "ACTES").await.unwrap().unwrap();
    assert_eq!(agreement.tolerances, ["hold_rule", "update_operation"]);
    drop(tx);
    let without = apply(&db, &vault::storage(), folder(&[("bourg", MEMBER)]).path(), &clock()).await.unwrap();
    assert_eq!(without, ["bourg : accord ACTES modifié : tolerances (hold_rule update_operation → –)"]);
}

#[tokio::test]
async fn an_unknown_tolerance_is_refused_with_its_line() {
    let db = own("membership_tolerances_refused").await;
    let wrong =
        MEMBER.replace("transfer_bytes_max = 500", "transfer_bytes_max = 500\ntolerances = [\"tout\"]");
    let refused = apply(&db, &vault::storage(), folder(&[("bourg", &wrong)]).path(), &clock()).await;
    let Err(Error::Files(faults)) = refused else { panic!("{refused:?}") };
    assert_eq!(faults.len(), 1, "{faults:?}");
    assert!(faults[0].reason.contains("« tout » : attendu update_operation, hold_rule"), "{faults:?}");
    assert_eq!(faults[0].line, wrong.lines().position(|line| line.contains("tolerances")).unwrap() + 1);
}
