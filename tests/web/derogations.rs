//! What is closed says from when, and how to ask; the request is recorded once, seen by the archivist, and by nobody else.

use chartrier::access::{Access, Reader};
use chartrier::identity::MachineCaller;
use chartrier::model::Role;

use super::{Door, form, get};
use crate::support::vault;

/// Closed for fifty years.
const CLOSED: &str = "<Management><AppraisalRule><Rule>P10Y</Rule><StartDate>2026-06-30</StartDate>\
    <FinalAction>Keep</FinalAction></AppraisalRule>\
    <AccessRule><Rule>AR048</Rule><StartDate>2026-06-30</StartDate></AccessRule></Management>";

async fn closed(door: &Door) -> String {
    let mut sip = door.sip("FERME");
    sip.management = CLOSED.into();
    door.deposit(sip.zip()).await;
    let units = door.json("/api/v1/units?root=true").await;
    format!("/archives/unites/{}", units["items"][0]["unit_id"].as_str().unwrap())
}

async fn ask(door: &Door, unit: &str, role: Role, reason: &str) -> String {
    let (cookie, csrf) = door.log_in(role).await;
    let asked = form(&format!("{unit}/derogation"), &format!("motif={reason}"));
    let answer = door.send(asked.cookie(&cookie).header("x-csrf-token", csrf.as_str())).await;
    assert_eq!(answer.status, 303, "{answer:?}");
    answer.header("location").to_owned()
}

async fn page(door: &Door, role: Role, address: &str) -> String {
    let (cookie, _) = door.log_in(role).await;
    let answer = door.send(get(address).cookie(&cookie)).await;
    assert_eq!(answer.status, 200, "{address}");
    answer.text()
}

#[tokio::test]
async fn a_closed_unit_is_asked_for_once_and_the_archivist_sees_it() {
    let door = Door::open().await;
    let unit = closed(&door).await;
    let shown = page(&door, Role::Reader, &unit).await;
    assert!(shown.contains("Communicable à compter du 1er\u{a0}juillet 2076"), "{shown}");
    assert!(shown.contains("Demander une dérogation") && !shown.contains("Journal</h2>"));
    assert!(
        !page(&door, Role::Archivist, &unit).await.contains("Demander une dérogation"),
        "it opens for her"
    );

    for empty in ["", "+++", "%0A%0A", &"x".repeat(2_001)] {
        assert!(ask(&door, &unit, Role::Reader, empty).await.contains("derogation=motif"), "{empty}");
    }
    assert!(page(&door, Role::Reader, &format!("{unit}?derogation=motif")).await.contains("motif-erreur"));
    assert!(ask(&door, &unit, Role::Archivist, "essai").await.contains("derogation=ouverte"));
    assert!(ask(&door, &unit, Role::Reader, "Un+m%C3%A9moire+%3Cb%3E").await.contains("derogation=deposee"));
    assert!(ask(&door, &unit, Role::Reader, "Encore").await.contains("derogation=deja"));
    let after = page(&door, Role::Reader, &unit).await;
    assert!(after.contains("Votre demande de dérogation est déposée") && !after.contains("<textarea"));

    let waits = "1\u{a0}demande de dérogation attend d’être vue";
    assert!(page(&door, Role::Archivist, "/").await.contains(waits), "on her desk");
    assert!(!page(&door, Role::Reader, "/").await.contains("dérogation"));
    let list = page(&door, Role::Archivist, "/derogations").await;
    assert!(list.contains("Un mémoire &#60;b&#62;") && list.contains("1\u{a0}demande attend"), "{list}");
    let see = list.split("action=\"/derogations/").nth(1).unwrap().split('"').next().unwrap();
    let see = format!("/derogations/{see}");
    for role in [Role::Reader, Role::ControlAuthority, Role::MemberAdmin] {
        let (cookie, csrf) = door.log_in(role).await;
        let answer = door.send(form(&see, "").cookie(&cookie).header("x-csrf-token", csrf.as_str())).await;
        assert_eq!(answer.status, 403, "{role:?}");
    }
    let (cookie, csrf) = door.log_in(Role::Archivist).await;
    for _ in 0..2 {
        let answer = door.send(form(&see, "").cookie(&cookie).header("x-csrf-token", csrf.as_str())).await;
        assert_eq!(answer.status, 303);
    }
    let list = page(&door, Role::Archivist, "/derogations").await;
    assert!(list.contains("Vue</span>") && !list.contains("Marquer comme vue"), "{list}");
    assert!(page(&door, Role::Archivist, &unit).await.contains("Dérogation demandée"), "the journal says so");
    assert!(!page(&door, Role::Archivist, "/").await.contains(waits), "seen");
    journaled(&door).await;
    assert_eq!(open(&door, &door.tenant.agreement).await, 0);
    assert!(ask(&door, &unit, Role::Reader, "De+nouveau").await.contains("derogation=deposee"));
    assert_eq!(open(&door, &door.tenant.agreement).await, 1);
    assert_eq!(open(&door, &door.tenant.agreement_with_archivist).await, 0, "of what is not theirs, nothing");
    door.end().await;
}

/// Each act has one entry, and the reason is in none.
async fn journaled(door: &Door) {
    let mut tx = door.tenant.db.read(door.tenant.tenant).await.unwrap();
    let entries: Vec<String> =
        sqlx::query_scalar("select entry from event where event_type = 'COMMUNICATION' order by seq")
            .fetch_all(tx.conn())
            .await
            .unwrap();
    assert_eq!(entries.len(), 2, "{entries:?}");
    assert!(entries[0].contains("derogation_demandee") && entries[1].contains("derogation_vue"));
    assert!(!entries.iter().any(|entry| entry.contains("moire")), "{entries:?}");
}

/// How many wait, for whoever reaches this agreement.
async fn open(door: &Door, agreement: &str) -> u64 {
    let access = Access::new(door.tenant.db.clone(), vault::storage(), door.tenant.clock.clone());
    let reader = Reader::machine(&MachineCaller {
        tenant: door.tenant.tenant,
        machine_id: door.tenant.machine,
        name: String::new(),
        agreements: vec![agreement.to_owned()],
    });
    access.derogations_open(&reader).await.unwrap()
}
