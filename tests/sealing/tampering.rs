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
pub async fn tamper(stage: &Stage, script: &str) {
    let mut superuser = database::connect_as("chartrier_superuser", stage.name).await;
    let script = format!("set session_replication_role = replica; {script}");
    sqlx::raw_sql(sqlx::AssertSqlSafe(script)).execute(&mut superuser).await.unwrap();
}

async fn incidents(tx: &mut TenantRead) -> Vec<String> {
    let entries = evidence::journal_page(tx, 0, 10_000).await.unwrap();
    entries.into_iter().filter(|entry| entry.event_type == "INCIDENT").map(|entry| entry.entry).collect()
}

/// A journal sealed for ten days, something done to it, and what the check and the eleventh day's seal say.
async fn after(name: &'static str, script: &str) -> (Error, Option<Error>) {
    let stage = Stage::new(name).await;
    for _ in 0..10 {
        stage.happen(30).await;
        stage.sealing.seal_what_is_due().await.unwrap();
        stage.clock.advance(TimeDelta::days(1));
    }
    let whole = stage.sealing.check(tenant(), A).await.unwrap();
    // 300 entries, those of the seals, and the first one.
    assert_eq!((whole.entries, whole.seals), (311, 10));
    tamper(&stage, &script.replace("OWN", OWN)).await;
    let found = stage.sealing.check(tenant(), A).await.expect_err(name);
    let sealed = stage.sealing.seal(tenant(), A, Agent::Service).await.err();
    (found, sealed)
}

const OWN: &str = "tenant_id = (select tenant_id from member where code = 'a')";

/// An entry as it is after a change that mends its own hash.
fn changed(seq: u32, from: &str, to: &str) -> String {
    format!(
        "update event set entry = replace(entry, '{from}', '{to}') where OWN and seq = {seq};
         update event set hash = sha256(convert_to(entry, 'UTF8')) where OWN and seq = {seq};"
    )
}

/// What is done, what the check must name, and whether the next seal, which trusts full tiles, sees it too.
fn table() -> Vec<(&'static str, String, &'static str, bool)> {
    let own = |script: &str| script.to_string();
    vec![
        (
            "tamper_changed",
            own("update event set entry = replace(entry, 'OK', 'KO') where OWN and seq = 100;"),
            "entrée 100",
            false,
        ),
        ("tamper_mended", changed(100, "\"OK\"", "\"KO\""), "entrée 101", false),
        // The entry after it and the head are mended too: only the seal remembers.
        (
            "tamper_last",
            changed(310, "member:x", "member:y")
                + "update event set entry = regexp_replace(entry, '\"prev\":\"[0-9a-f]+', '\"prev\":\"' ||
                       (select encode(hash, 'hex') from event where OWN and seq = 310)) where OWN and seq = 311;
                   update event set hash = sha256(convert_to(entry, 'UTF8')) where OWN and seq = 311;
                   update journal_head set hash = (select hash from event where OWN and seq = 311) where OWN;",
            "scellement 10",
            true,
        ),
        ("tamper_deleted", own("delete from event where OWN and seq = 305;"), "entrée 306", true),
        (
            "tamper_swapped",
            own("update event set seq = -1 where OWN and seq = 303;
                 update event set seq = 303 where OWN and seq = 304;
                 update event set seq = 304 where OWN and seq = -1;"),
            "entrée 303",
            true,
        ),
        ("tamper_dated", changed(306, "2027-03-10", "2027-02-10"), "entrée 306", true),
        (
            "tamper_forged",
            own("update seal set record = regexp_replace(record, '\"size\":[0-9]+', '\"size\":12')
                 where OWN and number = 9;"),
            "scellement 9",
            false,
        ),
        (
            "tamper_unsigned",
            own("update seal set note = replace(note, substring(note from '.{12}.$'), 'AAAAAAAAAAA=' || chr(10))
                 where OWN and number = 4;"),
            "scellement 4",
            false,
        ),
        ("tamper_removed", own("delete from seal where OWN and number = 5;"), "scellement 6", false),
        (
            "tamper_cut",
            own("delete from event where OWN and seq > 300;
                 update journal_head set seq = 300, hash = (select hash from event where OWN and seq = 300) where OWN;"),
            "scellement 10",
            true,
        ),
    ]
}

#[tokio::test]
async fn whatever_is_done_to_a_sealed_journal_is_found_and_its_place_named() {
    for (name, script, place, seen) in table() {
        let (found, sealed) = after(name, &script).await;
        println!("{name} : {found}");
        assert!(found.is_of_log(), "{name}: {found}");
        assert!(found.to_string().contains(place), "{name}: {found}, and not {place}");
        assert_eq!(sealed.is_some(), seen, "{name}: {sealed:?}");
    }
}

#[tokio::test]
async fn a_database_rolled_back_is_found_by_what_the_sites_hold_and_told_once() {
    // As a backup of the fifth day would be.
    let script = "delete from seal where OWN and number > 5;
         delete from event where OWN and seq > (select size from seal where OWN and number = 5) + 1;
         update journal_head h set seq = e.seq, hash = e.hash, at = e.at from event e
         where h.OWN and e.tenant_id = h.tenant_id and e.seq = (select max(seq) from event where OWN);
         delete from log_tile;";
    let stage = Stage::new("tamper_rolled_back").await;
    for _ in 0..10 {
        stage.happen(30).await;
        stage.sealing.seal_what_is_due().await.unwrap();
        stage.clock.advance(TimeDelta::days(1));
    }
    tamper(&stage, &script.replace("OWN", OWN)).await;
    // In itself it is whole: only the sites remember.
    assert_eq!(stage.sealing.check(tenant(), A).await.unwrap().seals, 5);
    let error = stage.sealing.seal(tenant(), A, Agent::Service).await.expect_err("rolled back");
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
