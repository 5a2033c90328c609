//! The agreements at the portal: read in words, suspended and opened by the administrator; the version a deposit came under.

use chartrier::model::{Role, TransferState};

use super::{Door, form, get};

#[tokio::test]
async fn the_administrator_suspends_an_agreement_and_a_deposit_shows_the_version_it_came_under() {
    let door = Door::open().await;
    let (admin, csrf) = door.log_in(Role::MemberAdmin).await;
    let list = door.send(get("/accords").cookie(&admin)).await.text();
    assert!(list.contains(&door.tenant.agreement) && list.contains("Un archiviste se prononce"), "{list}");
    let mut tx = door.tenant.db.read(door.tenant.tenant).await.unwrap();
    let id: uuid::Uuid = sqlx::query_scalar("select agreement_id from agreement where identifier = $1")
        .bind(&door.tenant.agreement)
        .fetch_one(tx.conn())
        .await
        .unwrap();
    drop(tx);
    let address = format!("/accords/{id}");
    let act = async |what: &str| {
        let done =
            door.send(form(&format!("{address}/{what}"), &format!("csrf={csrf}")).cookie(&admin)).await;
        (done.status, done.header("location").to_owned())
    };
    assert_eq!(act("suspension").await, (303, format!("{address}?fait=suspendu")));
    let refused = door.deposit(door.sip("FERME").zip()).await;
    assert_eq!(refused.state, TransferState::Refused);
    assert_eq!(refused.findings[0].kind.code, "header.agreement_closed");
    assert_eq!(act("reouverture").await, (303, format!("{address}?fait=ouvert")));
    let taken = door.deposit(door.sip("OUVERT").zip()).await;
    assert_eq!(taken.state, TransferState::TakenInCharge, "{:?}", taken.findings);
    let page = door.send(get(&address).cookie(&admin)).await.text();
    assert!(page.contains("archives intermédiaires") && page.contains(&door.tenant.client_id), "{page}");
    assert_eq!(
        page.matches("<th scope=\"row\" class=\"number\">").count(),
        2,
        "suspended, then open: {page}"
    );
    let shown = door.send(get(&format!("/versements/{}", taken.transfer_id)).cookie(&admin)).await.text();
    assert!(shown.contains(", version 2"), "{shown}");
    // Read by the archivist, kept by nobody else.
    let (archivist, token) = door.log_in(Role::Archivist).await;
    let page = door.send(get(&address).cookie(&archivist)).await;
    assert!(page.status == 200 && !page.text().contains("/suspension"));
    let denied = form(&format!("{address}/suspension"), &format!("csrf={token}")).cookie(&archivist);
    assert_eq!(door.send(denied).await.status, 403);
    door.end().await;
}
