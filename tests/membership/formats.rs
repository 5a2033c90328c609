//! What an agreement of a member's file asks of formats.

use super::{apply, plan};
use chartrier::membership::Error;
use chartrier::model::{FormatPolicy, TenantId, WhenAmiss};
use chartrier::registry::queries::find_agreement;

use super::{MEMBER, clock, folder, own};
use crate::support::vault;

/// The member's file, its agreement with these lines more.
fn with(lines: &str) -> String {
    MEMBER.replace("transfer_bytes_max = 500", &format!("transfer_bytes_max = 500\n{lines}"))
}

#[tokio::test]
async fn the_policy_is_what_the_file_says_and_planned_before() {
    let db = own("membership_formats").await;
    apply(&db, &vault::storage(), folder(&[("bourg", MEMBER)]).path(), &clock()).await.unwrap();
    let asked = async || {
        let mut tx = db.read(TenantId::of_member("bourg")).await.unwrap();
        find_agreement(&mut tx, "ACTES").await.unwrap().unwrap().formats
    };
    assert_eq!(asked().await, FormatPolicy::default(), "nobody decided");
    let decided =
        with("formats = [\"x-fmt/*\", \"fmt/95\"]\nformat_unknown = \"refuse\"\nformat_differs = \"refuse\"");
    let changed =
        ["bourg : accord ACTES modifié : formats (– → fmt/95 x-fmt/*), format_unknown (warn → refuse), \
                    format_differs (warn → refuse)"];
    let again =
        async || plan(&db, &vault::storage(), folder(&[("bourg", &decided)]).path(), &clock()).await.unwrap();
    assert_eq!(again().await, changed);
    apply(&db, &vault::storage(), folder(&[("bourg", &decided)]).path(), &clock()).await.unwrap();
    let (accepted, amiss) = (vec!["fmt/95".to_owned(), "x-fmt/*".to_owned()], WhenAmiss::Refuse);
    assert_eq!(asked().await, FormatPolicy { accepted, unknown: amiss, differs: amiss });
    assert_eq!(again().await, Vec::<String>::new());
}

#[tokio::test]
async fn what_is_no_puid_is_refused_with_its_line() {
    let db = own("membership_formats_refused").await;
    let wrong = with("formats = [\"fmt/18\", \"pdf\"]\nformat_differs = \"jamais\"");
    let refused = apply(&db, &vault::storage(), folder(&[("bourg", &wrong)]).path(), &clock()).await;
    let Err(Error::Files(faults)) = refused else { panic!("{refused:?}") };
    assert_eq!(faults.len(), 2, "{faults:?}");
    assert!(faults[0].reason.contains("fmt/18"), "{faults:?}");
    assert_eq!(faults[0].line, wrong.lines().position(|line| line.starts_with("formats")).unwrap() + 1);
    assert_eq!(faults[1].reason, "« jamais » : attendu warn, refuse");
}
