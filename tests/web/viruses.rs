//! The virus check as people see it: on a transfer's page, on the operator's, in the metrics.

use chartrier::ingest::WAITS_FOR_SCANNER;
use chartrier::model::{Role, TransferState};

use super::{Door, get, send};
use crate::support::clamd::{self, Clamd};
use crate::support::database;

#[tokio::test]
async fn a_transfer_s_page_and_the_api_say_how_far_it_was_checked() {
    let door = Door::made(|_| {}, Some(clamd::shared().scanner())).await;
    let transfer = door.deposit(door.sip("VU").zip()).await;
    assert_eq!(transfer.state, TransferState::TakenInCharge, "{:?}", transfer.findings);
    let (cookie, _) = door.log_in(Role::Archivist).await;
    let page = door.send(get(&format!("/versements/{}", transfer.transfer_id)).cookie(&cookie)).await.text();
    assert!(page.contains("4\u{a0}fichiers analysés par ClamAV"), "{page}");
    assert!(page.contains("rien trouvé"), "{page}");
    let told = door.json(&format!("/api/v1/transfers/{}", transfer.transfer_id)).await;
    let check = &told["virus_check"];
    assert_eq!((&check["scanned"], &check["not_scanned"]), (&4.into(), &serde_json::json!({})), "{check}");
    door.end().await;
}

#[tokio::test]
async fn the_operator_sees_the_engine_and_the_metrics_say_that_it_answers() {
    let door = Door::made(|_| {}, Some(clamd::shared().scanner())).await;
    let (cookie, _) = door.log_in(Role::Operator).await;
    let page = door.send(get("/exploitation").cookie(&cookie)).await.text();
    for shown in ["Antivirus", "Répond", "ClamAV", "Versements qui l’attendent"] {
        assert!(page.contains(shown), "{shown}\n{page}");
    }
    assert!(!page.contains("L’antivirus ne répond pas"), "{page}");
    door.end().await;
}

#[tokio::test]
async fn an_engine_that_is_away_is_said_to_the_operator_and_leaves_the_service_ready() {
    let door = Door::made(|_| {}, Some(Clamd::stopped().scanner())).await;
    let sent = door.post(door.sip("ATTEND").zip()).await;
    assert_eq!(sent.status, 202);
    let transfer = sent.header("location").rsplit('/').next().unwrap().to_owned();
    // As a worker leaves it.
    let mut owner = database::connect("chartrier_owner").await;
    let run_at = door.tenant.clock.now() + chrono::Duration::days(3_650);
    sqlx::query("update technical.job set waits_for = $2, run_at = $3 where tenant_id = $1::uuid")
        .bind(door.tenant.tenant.to_string())
        .bind(WAITS_FOR_SCANNER)
        .bind(run_at)
        .execute(&mut owner)
        .await
        .unwrap();
    let (cookie, _) = door.log_in(Role::Archivist).await;
    let page = door.send(get(&format!("/versements/{transfer}")).cookie(&cookie)).await.text();
    assert!(page.contains("il attend l’antivirus") && page.contains("l’antivirus est attendu"), "{page}");
    let (cookie, _) = door.log_in(Role::Operator).await;
    let page = door.send(get("/exploitation").cookie(&cookie)).await.text();
    assert!(page.contains("L’antivirus ne répond pas : les versements sont reçus et attendent"), "{page}");
    assert!(!page.contains("attend le antivirus"), "{page}");
    let metrics = send(door.metrics_address, get("/metrics")).await.text();
    assert!(metrics.contains("chartrier_antivirus_up 0"), "{metrics}");
    assert!(metrics.contains("chartrier_transfers_waiting{for=\"antivirus\"}"), "{metrics}");
    let ready = door.send(get("/health/ready")).await.json();
    assert_eq!((&ready["checks"]["database"], &ready["checks"]["sites"]), (&"ok".into(), &"ok".into()));
    assert!(ready["checks"].get("antivirus").is_none(), "{ready}");
    sqlx::query("delete from technical.job where tenant_id = $1::uuid")
        .bind(door.tenant.tenant.to_string())
        .execute(&mut owner)
        .await
        .unwrap();
    door.end().await;
}
