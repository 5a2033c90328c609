//! A tiers declared once, connected to many members and rotated for all of them at once.

use chartrier::identity::Identity;
use chartrier::membership::machines::{Keeper, connect, connectors, declare_tiers, rotate, tiers};
use chartrier::registry::queries::members;
use chrono::TimeDelta;

use super::{MEMBER, apply, clock, folder, own};
use crate::support::{at_rest, vault};

#[tokio::test]
async fn its_connectors_are_each_of_one_member_and_are_rotated_together() {
    let db = own("tiers").await;
    let clock = clock();
    let ville = MEMBER
        .replace("code = \"bourg\"", "code = \"ville\"")
        .replace("anne", "bruno")
        .replace("bourg-bus", "ville-bus");
    apply(&db, &vault::storage(), folder(&[("bourg", MEMBER), ("ville", &ville)]).path(), &clock)
        .await
        .unwrap();
    declare_tiers(&db, &clock, "s2low", "S²LOW", "support@s2low.example.fr").await.unwrap();
    declare_tiers(&db, &clock, "s2low", "S²LOW+", "").await.unwrap();
    let known = tiers(&mut db.technical().await.unwrap()).await.unwrap();
    assert_eq!(known, [("s2low".into(), "S²LOW+".into(), String::new())], "declared once");
    let all = members(&mut db.technical().await.unwrap()).await.unwrap();
    let mut secrets = Vec::new();
    for member in &all {
        let given = connect(&db, &clock, ("s2low", "S²LOW"), member, "ACTES").await.unwrap();
        secrets.push(given.expect("a connector"));
        let again = connect(&db, &clock, ("s2low", "S²LOW"), member, "ACTES").await.unwrap();
        assert!(again.is_none(), "one a member");
    }
    assert!(
        connect(&db, &clock, ("autre", "Autre"), &all[0], "RIEN").await.unwrap().is_none(),
        "no such agreement"
    );
    let identity = Identity::new(db.clone(), clock.clone(), at_rest());
    for given in &secrets {
        let token = identity.client_token(&given.client_id, &given.secret).await.unwrap().expect("a token");
        let caller = identity.bearer(&token.token, None).await.unwrap().unwrap();
        assert_eq!(
            caller.tenant,
            chartrier::model::TenantId::of_member(&given.member),
            "its own member, no other"
        );
        assert_eq!(caller.agreements, ["ACTES"]);
    }
    let of = connectors(&mut db.technical().await.unwrap(), "s2low").await.unwrap();
    assert!(of.len() == 2 && of.iter().all(|one| one.used_at.is_some()), "{of:?}");
    for one in &of {
        let fresh =
            rotate(&db, &clock, Keeper::Operator(one.tenant), one.machine_id, 14).await.unwrap().unwrap();
        let before = secrets.iter().find(|given| given.client_id == one.client_id).unwrap();
        for secret in [&fresh, &before.secret] {
            assert!(identity.client_token(&one.client_id, secret).await.unwrap().is_some(), "both serve");
        }
    }
    clock.advance(TimeDelta::days(14));
    for given in &secrets {
        assert!(
            identity.client_token(&given.client_id, &given.secret).await.unwrap().is_none(),
            "the former is over"
        );
    }
}
