//! On which sites a member's archives are kept, as its file says.

use super::apply;
use chartrier::membership::Error;
use chartrier::model::TenantId;

use super::{MEMBER, clock, folder, own};
use crate::support::vault;

#[tokio::test]
async fn sites_are_those_of_the_file_as_long_as_no_archive_is_there() {
    let db = own("membership_sites").await;
    let on =
        |sites: &str| MEMBER.replace("department = \"33\"", &format!("department = \"33\"\nsites = {sites}"));
    let run =
        async |text: &str| apply(&db, &vault::storage(), folder(&[("bourg", text)]).path(), &clock()).await;
    run(MEMBER).await.unwrap();
    let changed = run(&on("[\"sud\", \"nord\"]")).await.unwrap();
    assert_eq!(changed, ["bourg : collectivité modifiée : sites (– → sud nord)"]);
    assert!(run(&on("[\"sud\", \"nord\"]")).await.unwrap().is_empty());
    let mut tx = db.read(TenantId::of_member("bourg")).await.unwrap();
    let sites: Vec<String> =
        sqlx::query_scalar("select unnest(sites) from member").fetch_all(tx.conn()).await.unwrap();
    assert_eq!(sites, ["sud", "nord"]);
    drop(tx);
    for (wrong, reason) in [("[\"nord\"]", "deux sites au moins"), ("[\"nord\", \"ouest\"]", "« ouest »")] {
        let refused = run(&on(wrong)).await;
        let Err(Error::Files(faults)) = refused else { panic!("{refused:?}") };
        assert!(faults[0].line == 6 && faults[0].reason.contains(reason), "{faults:?}");
    }
}

#[tokio::test]
async fn a_member_asks_for_its_own_stamps_and_leaves_them() {
    let db = own("membership_stamps").await;
    let run =
        async |text: &str| apply(&db, &vault::storage(), folder(&[("bourg", text)]).path(), &clock()).await;
    let asked = MEMBER.replace("department = \"33\"", "department = \"33\"\nown_stamps = true");
    run(MEMBER).await.unwrap();
    assert_eq!(run(&asked).await.unwrap(), ["bourg : collectivité modifiée : own_stamps (non → oui)"]);
    assert!(run(&asked).await.unwrap().is_empty());
    let members = chartrier::registry::queries::members(&mut db.technical().await.unwrap()).await.unwrap();
    assert!(members[0].own_stamps);
    assert_eq!(run(MEMBER).await.unwrap(), ["bourg : collectivité modifiée : own_stamps (oui → non)"]);
}
