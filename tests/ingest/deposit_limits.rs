//! What an agreement allows in a time: to the edge, past it, at the next period, and by many at once.

use chartrier::model::{Agent, Event, EventType, Outcome, TransferState};
use chrono::TimeDelta;

use super::{Desk, codes};

/// What the desk's agreement allows from now on.
async fn allow(desk: &Desk, limits: &str) {
    let mut tx = desk.tenant.db.write(desk.tenant.tenant).await.unwrap();
    sqlx::query("update agreement set limits = $1::jsonb").bind(limits).execute(tx.conn()).await.unwrap();
    tx.record(Event {
        event_type: EventType::Parametrage,
        outcome: Outcome::Ok,
        agent: Agent::Operator,
        object: format!("agreement:{}", desk.tenant.agreement),
        detail: vec![("limits", limits.to_owned())],
    });
    tx.commit().await.unwrap();
}

#[tokio::test]
async fn what_passes_a_limit_is_refused_until_the_next_period() {
    let desk = Desk::open().await;
    allow(&desk, r#"[{"per":"day","transfers":2},{"per":"year","transfers":3}]"#).await;
    for name in ["UN", "DEUX"] {
        let transfer = desk.deposit(desk.sip(name).zip()).await;
        assert_eq!(transfer.state, TransferState::TakenInCharge, "{:?}", transfer.findings);
    }
    let transfer = desk.deposit(desk.sip("TROIS").zip()).await;
    assert_eq!((transfer.state, codes(&transfer)), (TransferState::Refused, vec!["quota.period"]));
    let said = &transfer.findings[0].message;
    assert!(said.ends_with("admet 2 versements au plus par jour, il en reste 0."), "{said}");

    desk.tenant.clock.advance(TimeDelta::days(1));
    let transfer = desk.deposit(desk.sip("QUATRE").zip()).await;
    assert_eq!(transfer.state, TransferState::TakenInCharge, "{:?}", transfer.findings);
    let transfer = desk.deposit(desk.sip("CINQ").zip()).await;
    assert!(transfer.findings[0].message.contains("3 versements au plus par an"), "{:?}", transfer.findings);
    let usage = "select sum(transfers)::bigint from agreement_usage";
    assert_eq!(desk.count(usage).await, 3, "the refused are not counted");
    desk.end().await;
}

#[tokio::test]
async fn files_and_bytes_are_counted_too() {
    let desk = Desk::open().await;
    allow(&desk, r#"[{"per":"transfer","files":2}]"#).await;
    let transfer = desk.deposit(desk.sip("FICHIERS").zip()).await;
    assert_eq!(codes(&transfer), ["quota.period"]);
    assert!(transfer.findings[0].message.contains("2 fichiers au plus par versement"));
    allow(&desk, r#"[{"per":"all","bytes":10}]"#).await;
    let transfer = desk.deposit(desk.sip("OCTETS").zip()).await;
    assert!(transfer.findings[0].message.contains("10 octets au plus en tout, il en reste 10"));
    allow(&desk, "[]").await;
    assert_eq!(desk.deposit(desk.sip("LIBRE").zip()).await.state, TransferState::TakenInCharge);
    desk.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_many_at_the_edge_as_many_pass_as_may() {
    let desk = Desk::open().await;
    allow(&desk, r#"[{"per":"week","transfers":7}]"#).await;
    let received = futures_util::future::join_all(
        (0..20).map(|number| desk.receive(desk.sip(&format!("ENSEMBLE-{number}")).zip())),
    )
    .await;
    let advance = received
        .iter()
        .map(|reception| desk.ingest.advance(desk.tenant.tenant, reception.transfer.transfer_id));
    for done in futures_util::future::join_all(advance).await {
        done.unwrap();
    }
    let taken = "select count(*) from transfer where state = 'taken_in_charge'";
    let refused =
        "select count(*) from transfer where state = 'refused' and findings::text like '%quota.period%'";
    assert_eq!((desk.count(taken).await, desk.count(refused).await), (7, 13));
    assert_eq!(desk.count("select archives_held from quota").await, 7, "what was refused holds nothing");
    desk.end().await;
}

#[tokio::test]
async fn administrators_are_told_once_when_the_room_runs_short() {
    let desk = Desk::open().await;
    let first = desk.sip("MESURE").zip();
    desk.deposit(first).await;
    let one = desk.count("select bytes_held from quota").await;
    let mut tx = desk.tenant.db.write(desk.tenant.tenant).await.unwrap();
    // Two are under 80 %, three over 95; there is no room for a fourth.
    sqlx::query("update quota set bytes_max = $1").bind(one * 31 / 10).execute(tx.conn()).await.unwrap();
    let admin = desk.tenant.person(chartrier::model::Role::MemberAdmin);
    tx.record(Event {
        event_type: EventType::Parametrage,
        outcome: Outcome::Ok,
        agent: Agent::Operator,
        object: "quota".into(),
        detail: vec![],
    });
    tx.commit().await.unwrap();
    let mut owner = crate::support::database::connect("chartrier_owner").await;
    sqlx::query("update platform.person set email = 'admin@example.fr' where person_id = $1")
        .bind(admin.0)
        .execute(&mut owner)
        .await
        .unwrap();
    let mut told = Vec::new();
    for name in ["DEUX", "TROIS", "QUATRE"] {
        desk.deposit_by_hand(desk.sip(name).zip()).await;
        let letters: Vec<String> = sqlx::query_scalar(
            "select topic from technical.letter where tenant_id = $1::uuid order by topic",
        )
        .bind(desk.tenant.tenant.to_string())
        .fetch_all(&mut owner)
        .await
        .unwrap();
        told.push(
            letters.iter().map(|topic| topic.split(':').nth(1).unwrap().to_owned()).collect::<Vec<_>>(),
        );
    }
    assert_eq!(told, [vec![], vec!["95".to_owned()], vec!["95".to_owned()]], "65, then 97, then refused");
    desk.end().await;
}
