//! What is done to a journal or to its seals behind the service's back: found, and the place named.

use chartrier::db::TenantRead;
use chartrier::evidence;
use chartrier::evidence::seal_queries as queries;
use chartrier::model::{Agent, TenantId};
use chartrier::sealing::Error;
use chrono::TimeDelta;

use super::{A, Stage, tenant};
use crate::support::database;

/// Runs what no role of the service may run.
async fn tamper(stage: &Stage, script: &str) {
    let mut superuser = database::connect_as("chartrier_superuser", stage.name).await;
    let script = format!("set session_replication_role = replica; {script}");
    sqlx::raw_sql(sqlx::AssertSqlSafe(script)).execute(&mut superuser).await.unwrap();
}

async fn incidents(tx: &mut TenantRead) -> Vec<String> {
    let entries = evidence::journal_page(tx, 0, 10_000).await.unwrap();
    entries.into_iter().filter(|entry| entry.event_type == "INCIDENT").map(|entry| entry.entry).collect()
}

/// A journal sealed for ten days, something done to it, and what the eleventh day's seal says.
async fn after(name: &'static str, script: &str) -> (Stage, Error) {
    let stage = Stage::new(name).await;
    for _ in 0..10 {
        stage.happen(30).await;
        stage.sealing.seal_what_is_due().await.unwrap();
        stage.clock.advance(TimeDelta::days(1));
    }
    tamper(&stage, script).await;
    let error = stage.sealing.seal(tenant(), A, Agent::Service).await.expect_err(script);
    (stage, error)
}

/// Entry 100 as it would be after a change that mends its own hash.
const CHANGED: &str = "update event set entry = replace(entry, 'OK', 'KO') where tenant_id = (select tenant_id from
     member where code = 'a') and seq = 100;
     update event set hash = sha256(convert_to(entry, 'UTF8')) where tenant_id = (select tenant_id from member where
     code = 'a') and seq = 100;";

#[tokio::test]
async fn what_was_sealed_and_changed_is_found_at_the_next_seal() {
    let (stage, error) = after("tamper_changed", CHANGED).await;
    // Full tiles are remembered: the walk of the whole journal names the entry, the seal the state that it breaks.
    assert!(matches!(&error, Error::Forked { .. } | Error::Journal(_)), "{error}");
    assert!(error.is_of_log());
    let mut tx = stage.db.read(tenant()).await.unwrap();
    let walked = evidence::verify_journal(&mut tx).await.expect_err("changed");
    assert!(walked.to_string().contains("entrée 101"), "{walked}");
}

#[tokio::test]
async fn a_deleted_entry_two_swapped_and_a_back_dated_one_are_found() {
    let own = "tenant_id = (select tenant_id from member where code = 'a')";
    let cases = [
        ("tamper_deleted", format!("delete from event where {own} and seq = 305;"), "305"),
        (
            "tamper_swapped",
            format!(
                "update event set seq = -1 where {own} and seq = 303; update event set seq = 303 where {own} and seq =
                 304; update event set seq = 304 where {own} and seq = -1;"
            ),
            "303",
        ),
        (
            "tamper_dated",
            format!(
                "update event set entry = replace(entry, '2027-03-10', '2027-02-10') where {own} and seq = 306;
                 update event set hash = sha256(convert_to(entry, 'UTF8')) where {own} and seq = 306;"
            ),
            "306",
        ),
    ];
    for (name, script, place) in cases {
        let (stage, error) = after(name, &script).await;
        assert!(error.is_of_log(), "{name}: {error}");
        let mut tx = stage.db.read(tenant()).await.unwrap();
        let walked = evidence::verify_journal(&mut tx).await.expect_err(name);
        assert!(walked.to_string().contains(place), "{name}: {walked}");
    }
}

#[tokio::test]
async fn a_database_rolled_back_is_found_by_what_the_sites_hold_and_told_once() {
    let own = "tenant_id = (select tenant_id from member where code = 'a')";
    // As a backup of the fifth day would be.
    let script = format!(
        "delete from seal where {own} and number > 5;
         delete from event where {own} and seq > (select size from seal where {own} and number = 5) + 1;
         update journal_head h set seq = e.seq, hash = e.hash, at = e.at from event e
         where h.{own} and e.tenant_id = h.tenant_id and e.seq = (select max(seq) from event where {own});"
    );
    let (stage, error) = after("tamper_rolled_back", &script).await;
    assert!(matches!(&error, Error::Forked { number: 6, .. }), "{error}");
    assert!(error.to_string().contains("restaurée"), "{error}");
    for _ in 0..3 {
        stage.sealing.seal_what_is_due().await.ok();
        stage.clock.advance(TimeDelta::days(1));
    }
    let mut tx = stage.db.read(tenant()).await.unwrap();
    assert_eq!(incidents(&mut tx).await.len(), 1);
    assert_eq!(stage.seals().await.len(), 5, "no other story is sealed");
    let standing = stage.sealing.standing().await.unwrap();
    let log = standing.logs.iter().find(|log| log.code.as_deref() == Some(A)).unwrap();
    assert!(log.state.as_ref().unwrap().trouble.as_ref().unwrap().contains("restaurée"));
    // The other member is sealed all the same.
    let other = standing.logs.iter().find(|log| log.code.as_deref() == Some("b")).unwrap();
    assert!(other.state.as_ref().unwrap().trouble.is_none());
}

#[tokio::test]
async fn seals_that_the_rows_forgot_are_taken_back_from_the_sites() {
    let stage = Stage::new("tamper_forgotten").await;
    for _ in 0..5 {
        stage.happen(100).await;
        stage.sealing.seal_what_is_due().await.unwrap();
        stage.clock.advance(TimeDelta::days(1));
    }
    let before = stage.seals().await;
    let heads = |mut tx: chartrier::db::Technical| async move {
        let seals = queries::platform_seals_after(&mut tx, 0, 100).await.unwrap();
        (seals, queries::leaves(&mut tx, 0, 100).await.unwrap())
    };
    let platform = heads(stage.db.technical().await.unwrap()).await;
    tamper(
        &stage,
        "delete from seal; delete from log_tile; delete from platform.seal; delete from platform.seal_leaf;
         delete from platform.log_tile; delete from platform.seal_state;",
    )
    .await;
    let sealed = stage.sealing.seal(tenant(), A, Agent::Service).await.unwrap();
    assert_eq!(sealed.number, 6);
    let now = stage.seals().await;
    assert_eq!(now[..5], before[..]);
    let error = stage.sealing.seal_platform().await.expect_err("one member is not back yet");
    assert!(error.to_string().contains("pas encore"), "{error}");
    stage.sealing.seal(TenantId::of_member("b"), "b", Agent::Service).await.unwrap();
    assert_eq!(stage.sealing.seal_platform().await.unwrap().number, 6);
    let now = heads(stage.db.technical().await.unwrap()).await;
    assert_eq!((&now.0[..5], &now.1[..10]), (&platform.0[..], &platform.1[..]));
}

#[tokio::test]
async fn a_seal_changed_forged_or_removed_is_found() {
    let own = "tenant_id = (select tenant_id from member where code = 'a')";
    // The last seal says another root; one of the past is gone, and its days with it.
    let (_, error) = after(
        "tamper_forged",
        &format!("update seal set record = regexp_replace(record, '\"size\":[0-9]+', '\"size\":12') where {own} and number = 10;"),
    )
    .await;
    assert!(error.is_of_log(), "{error}");
    let (stage, _) = after("tamper_other", &format!("delete from seal where {own} and number = 10; update seal set number = 10 where {own} and number = 9;")).await;
    assert_eq!(stage.seals().await.len(), 9);
}
