//! What a tenant's transaction allows, refuses and leaves in the journal, and how much of the gate one tenant has.

use std::time::Duration;

use chartrier::db::{Db, Error};
use chartrier::evidence::{last_events, verify_journal};
use chartrier::model::{Agent, Event, EventType, Outcome, TenantId};

use crate::support::{FreshTenant, database, fresh_tenant};

fn event(object: &str) -> Event {
    Event {
        event_type: EventType::Consultation,
        outcome: Outcome::Ok,
        agent: Agent::Service,
        object: object.into(),
        detail: vec![("size_bytes", "12".into())],
    }
}

async fn rename(fresh: &FreshTenant, name: &str, recorded: bool) -> Result<(), Error> {
    let mut tx = fresh.db.write(fresh.tenant).await?;
    sqlx::query("update member set name = $1").bind(name).execute(tx.conn()).await?;
    if recorded {
        tx.record(event("member:x"));
    }
    tx.commit().await
}

async fn name(fresh: &FreshTenant) -> String {
    let mut tx = fresh.db.read(fresh.tenant).await.unwrap();
    sqlx::query_scalar("select name from member").fetch_one(tx.conn()).await.unwrap()
}

#[tokio::test]
async fn a_change_without_its_event_is_refused_and_undone() {
    let fresh = fresh_tenant().await;
    let before = name(&fresh).await;
    let refused = rename(&fresh, "Autre", false).await;
    assert!(matches!(refused, Err(Error::NothingRecorded)), "{refused:?}");
    assert_eq!(name(&fresh).await, before);
    rename(&fresh, "Autre", true).await.unwrap();
    assert_eq!(name(&fresh).await, "Autre");
    fresh.end().await;
}

#[tokio::test]
async fn a_reading_transaction_writes_nothing() {
    let fresh = fresh_tenant().await;
    let mut tx = fresh.db.read(fresh.tenant).await.unwrap();
    let refused = sqlx::query("update member set name = 'x'").execute(tx.conn()).await.unwrap_err();
    assert_eq!(refused.as_database_error().unwrap().code().as_deref(), Some("25006"), "{refused}");
    drop(tx);
    let mut tx = fresh.db.read(fresh.tenant).await.unwrap();
    let refused = sqlx::query("set transaction read write").execute(tx.conn()).await.unwrap_err();
    assert_eq!(refused.as_database_error().unwrap().code().as_deref(), Some("25001"), "{refused}");
    drop(tx);
    fresh.end().await;
}

#[tokio::test]
async fn an_entry_says_what_happened_in_canonical_form() {
    let fresh = fresh_tenant().await;
    rename(&fresh, "Autre", true).await.unwrap();
    let mut tx = fresh.db.read(fresh.tenant).await.unwrap();
    let last = last_events(&mut tx, 2).await.unwrap();
    let prev = hex::encode(&last[1].hash);
    let program = concat!("chartrier ", env!("CARGO_PKG_VERSION"));
    let expected = format!(
        "{{\"agent\":\"service\",\"detail\":{{\"size_bytes\":\"12\"}},\"object\":\"member:x\",\"outcome\":\"OK\",\
         \"prev\":\"{prev}\",\"program\":\"{program}\",\"seq\":2,\"tenant\":\"{}\",\
         \"ts\":\"2027-03-01T08:00:00Z\",\"type\":\"CONSULTATION\"}}",
        fresh.code
    );
    assert_eq!(last[0].entry, expected);
    drop(tx);
    fresh.end().await;
}

#[tokio::test]
async fn entries_written_at_once_are_numbered_without_gap() {
    let fresh = fresh_tenant().await;
    let writers = (0..20).map(|index| {
        let (db, tenant) = (fresh.db.clone(), fresh.tenant);
        tokio::spawn(async move {
            let mut tx = db.write(tenant).await.unwrap();
            tx.record(event(&format!("archive:{index}")));
            tx.record(event(&format!("archive:{index}")));
            if index % 4 == 0 {
                return; // dropped: leaves neither entry nor gap
            }
            tx.commit().await.unwrap();
        })
    });
    for writer in writers.collect::<Vec<_>>() {
        writer.await.unwrap();
    }
    let mut tx = fresh.db.read(fresh.tenant).await.unwrap();
    assert_eq!(verify_journal(&mut tx).await.unwrap().entries, 1 + 15 * 2);
    drop(tx);
    fresh.end().await;
}

#[tokio::test]
async fn a_clock_put_back_dates_no_entry_before_the_last() {
    let fresh = fresh_tenant().await;
    fresh.clock.advance(chrono::Duration::hours(2));
    rename(&fresh, "Deux heures après", true).await.unwrap();
    fresh.clock.advance(chrono::Duration::hours(-3));
    rename(&fresh, "Une heure avant", true).await.unwrap();
    let mut tx = fresh.db.read(fresh.tenant).await.unwrap();
    let last = last_events(&mut tx, 2).await.unwrap();
    assert_eq!(last[0].at, last[1].at);
    drop(tx);
    fresh.end().await;
}

#[tokio::test]
async fn a_tampered_journal_is_found_out() {
    let fresh = fresh_tenant().await;
    rename(&fresh, "Un", true).await.unwrap();
    rename(&fresh, "Deux", true).await.unwrap();
    let mut owner = database::connect("chartrier_owner").await;
    for (statement, back, seq) in [
        ("update event set outcome = 'KO' where seq = 2", "update event set outcome = 'OK' where seq = 2", 2),
        (
            "update event set entry = entry || ' ' where seq = 3",
            "update event set entry = rtrim(entry) where seq = 3",
            3,
        ),
        ("update journal_head set seq = 4", "update journal_head set seq = 3", 4),
    ] {
        for (statement, expected) in [(statement, Some(seq)), (back, None)] {
            let tampering = format!(
                "{statement} {} tenant_id = '{}'",
                if statement.contains("where") { "and" } else { "where" },
                fresh.tenant
            );
            sqlx::raw_sql(sqlx::AssertSqlSafe(tampering)).execute(&mut owner).await.unwrap();
            let mut tx = fresh.db.read(fresh.tenant).await.unwrap();
            let found = match verify_journal(&mut tx).await {
                Ok(_) => None,
                Err(chartrier::evidence::Error::Broken(fault)) => Some(fault.seq),
                Err(error) => panic!("{error}"),
            };
            assert_eq!(found, expected, "{statement}");
        }
    }
    fresh.end().await;
}

#[tokio::test]
async fn a_tenant_without_a_member_has_no_journal() {
    let fresh = fresh_tenant().await;
    let mut tx = fresh.db.write(TenantId::of_member("nobody")).await.unwrap();
    tx.record(event("member:nobody"));
    assert!(matches!(tx.commit().await, Err(Error::UnknownTenant)));
    fresh.end().await;
}

#[tokio::test]
async fn a_broken_rule_names_its_constraint() {
    let fresh = fresh_tenant().await;
    let error = {
        let mut tx = fresh.db.write(fresh.tenant).await.unwrap();
        let refused = sqlx::query("update member set kind = 'x'").execute(tx.conn()).await.unwrap_err();
        Error::from(refused)
    };
    assert_eq!(error.constraint(), Some("member_kind_known"));
    assert!(!error.is_transient());
    fresh.end().await;
}

#[tokio::test]
async fn a_tenant_that_holds_its_share_of_connections_waits_and_no_other_does() {
    let (fresh, other) = (fresh_tenant().await, fresh_tenant().await);
    let mut settings = database::settings();
    (settings.of_one_tenant, settings.turn_max) = (2, Duration::from_millis(300));
    let db = Db::connect(&settings, fresh.clock.clone()).await.unwrap();
    let held = [db.read(fresh.tenant).await.unwrap(), db.read(fresh.tenant).await.unwrap()];
    let Err(refused) = db.write(fresh.tenant).await else { panic!("a third connection") };
    assert!(matches!(refused, Error::ShareTaken { connections: 2 }) && refused.is_transient(), "{refused}");
    drop(db.write(other.tenant).await.unwrap());
    let waiting = tokio::spawn({
        let (db, tenant) = (db.clone(), fresh.tenant);
        async move { db.read(tenant).await.map(drop) }
    });
    drop(held);
    waiting.await.unwrap().expect("given back, taken by who waits");
    db.close().await;
    fresh.end().await;
    other.end().await;
}

#[tokio::test]
async fn a_statement_for_someone_who_waits_ends_in_time_and_leaves_the_connection_as_it_was() {
    let fresh = fresh_tenant().await;
    let mut settings = database::settings();
    settings.connections = 2;
    let db = Db::connect(&settings, fresh.clock.clone()).await.unwrap();
    let hurried = db.with_statements_of_at_most(Duration::from_millis(100));
    let mut tx = hurried.read(fresh.tenant).await.unwrap();
    let cut = sqlx::query("select pg_sleep(10)").execute(tx.conn()).await.unwrap_err();
    assert!(Error::from(cut).is_transient());
    drop(tx);
    let _other = db.read(fresh.tenant).await.unwrap();
    let mut tx = db.write(fresh.tenant).await.unwrap();
    let limit: String = sqlx::query_scalar("show statement_timeout").fetch_one(tx.conn()).await.unwrap();
    assert_eq!(limit, "2min");
    drop((tx, _other));
    db.close().await;
    fresh.end().await;
}
