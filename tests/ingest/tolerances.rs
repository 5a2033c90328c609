//! Extensions of other systems, let in agreement by agreement.

use chartrier::ingest::queries::MessageKind;
use chartrier::model::{Agent, Event, EventType, Outcome, Transfer, TransferState};

use super::{Desk, codes};

const UPDATE: &str = "<ArchiveUnit id=\"MAJ\"><Management><UpdateOperation><SystemId>aeaq</SystemId></UpdateOperation>\
                      </Management><Content><DescriptionLevel>Item</DescriptionLevel><Title>Suite</Title></Content>\
                      </ArchiveUnit>\n";
const HOLD: &str = "<ArchiveUnit id=\"GEL\"><Management><HoldRule><Rule>HOL-1</Rule></HoldRule></Management><Content>\
                    <DescriptionLevel>Item</DescriptionLevel><Title>Gelé</Title></Content></ArchiveUnit>\n";

/// What this agreement of the desk's admits.
async fn admit(desk: &Desk, agreement: &str, tolerances: &[&str]) {
    let mut tx = desk.tenant.db.write(desk.tenant.tenant).await.unwrap();
    sqlx::query("update agreement set tolerances = $2 where identifier = $1")
        .bind(agreement)
        .bind(tolerances)
        .execute(tx.conn())
        .await
        .unwrap();
    tx.record(Event {
        event_type: EventType::Parametrage,
        outcome: Outcome::Ok,
        agent: Agent::Operator,
        object: format!("agreement:{agreement}"),
        detail: vec![("tolerances", tolerances.join(" "))],
    });
    tx.commit().await.unwrap();
}

async fn deposit(desk: &Desk, identifier: &str, units: &str) -> Transfer {
    let mut sip = desk.sip(identifier);
    sip.units = units.to_owned();
    desk.deposit(sip.zip()).await
}

#[tokio::test]
async fn an_extension_is_refused_under_an_agreement_and_accepted_under_another() {
    let desk = Desk::open().await;
    let refused = deposit(&desk, "SANS", UPDATE).await;
    assert_eq!(refused.state, TransferState::Refused);
    assert_eq!(codes(&refused), ["schema.unexpected_element", "unit.attachment"]);
    let finding = &refused.findings[0];
    assert!(finding.path.as_deref().unwrap().ends_with("Management/UpdateOperation"), "{finding:?}");
    assert!(
        finding.line.is_some() && finding.message.contains("n'admet pas (update_operation)"),
        "{finding:?}"
    );

    admit(&desk, &desk.tenant.agreement, &["update_operation"]).await;
    let accepted = deposit(&desk, "AVEC", UPDATE).await;
    assert_eq!(accepted.state, TransferState::TakenInCharge, "{:?}", accepted.findings);
    assert_eq!(codes(&accepted), ["schema.tolerated", "unit.attachment"]);
    let reply = desk.message(accepted.transfer_id, MessageKind::Reply).await.unwrap();
    assert!(reply.contains("UpdateOperation dans Management"), "{reply}");

    let other = deposit(&desk, "AUTRE", HOLD).await;
    assert_eq!(codes(&other), ["schema.unexpected_element"], "one tolerance is not another");
    desk.end().await;
}

#[tokio::test]
async fn a_crowd_of_extensions_admitted_hides_none_that_is_not() {
    let desk = Desk::open().await;
    admit(&desk, &desk.tenant.agreement, &["update_operation"]).await;
    let many: String = (0..300).map(|n| UPDATE.replace("MAJ", &format!("MAJ{n}"))).collect();
    let transfer = deposit(&desk, "FOULE", &format!("{many}{HOLD}")).await;
    assert_eq!(transfer.state, TransferState::Refused);
    assert!(codes(&transfer).contains(&"schema.unexpected_element"), "{:?}", codes(&transfer));
    desk.end().await;
}
