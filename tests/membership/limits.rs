//! What an agreement of a member's file allows in a time.

use super::{apply, plan};
use chartrier::membership::Error;
use chartrier::model::{DepositLimit, Period, TenantId};
use chartrier::registry::queries::find_agreement;

use super::{MEMBER, clock, folder, own};
use crate::support::vault;

/// The member's file, its agreement with these limits.
fn with(limits: &str) -> String {
    MEMBER.replace("transfer_bytes_max = 500", &format!("transfer_bytes_max = 500\nlimit = [{limits}]"))
}

#[tokio::test]
async fn the_limits_are_what_the_file_says_and_planned_before() {
    let db = own("membership_limits").await;
    apply(&db, &vault::storage(), folder(&[("bourg", MEMBER)]).path(), &clock()).await.unwrap();
    let limits = async || {
        let mut tx = db.read(TenantId::of_member("bourg")).await.unwrap();
        find_agreement(&mut tx, "ACTES").await.unwrap().unwrap().limits
    };
    assert_eq!(limits().await, []);
    let decided =
        with("{ per = \"month\", transfers = 100, bytes = 5000 }, { per = \"transfer\", files = 20 }");
    let planned =
        async || plan(&db, &vault::storage(), folder(&[("bourg", &decided)]).path(), &clock()).await.unwrap();
    let said =
        "bourg : accord ACTES modifié : limits (– → transfer: 20 files month: 100 transfers, 5000 bytes)";
    assert_eq!(planned().await, [said]);
    apply(&db, &vault::storage(), folder(&[("bourg", &decided)]).path(), &clock()).await.unwrap();
    let none = DepositLimit { per: Period::Transfer, transfers: None, files: None, bytes: None };
    let expected = [
        DepositLimit { files: Some(20), ..none },
        DepositLimit { per: Period::Month, transfers: Some(100), bytes: Some(5000), ..none },
    ];
    assert_eq!(limits().await, expected);
    assert_eq!(planned().await, Vec::<String>::new());
}

#[tokio::test]
async fn a_limit_that_says_nothing_or_too_much_is_refused_with_its_line() {
    let db = own("membership_limits_refused").await;
    for (limits, reason) in [
        ("{ per = \"decade\", bytes = 1 }", "« decade » : attendu transfer, day, week, month, year, all"),
        ("{ per = \"day\" }", "une limite est attendue : transfers, files ou bytes"),
        ("{ per = \"day\", files = 0 }", "un nombre plus grand que zéro est attendu"),
        ("{ per = \"day\", files = 1 }, { per = \"day\", bytes = 1 }", "cette durée a déjà ses limites"),
        (
            "{ per = \"transfer\", transfers = 2 }",
            "un versement est un versement : files ou bytes est attendu",
        ),
    ] {
        let wrong = with(limits);
        let refused = apply(&db, &vault::storage(), folder(&[("bourg", &wrong)]).path(), &clock()).await;
        let Err(Error::Files(faults)) = refused else { panic!("{limits}: {refused:?}") };
        assert_eq!(faults[0].reason, reason, "{limits}");
        assert_eq!(faults[0].line, wrong.lines().position(|line| line.starts_with("limit")).unwrap() + 1);
    }
}
