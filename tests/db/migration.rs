//! Migrations: the schema from nothing, twice, and data changed under forced row security.

use std::borrow::Cow;

use chartrier::clock::Clock;
use chartrier::db::{Db, Settings, migrate};
use chartrier::model::{Agent, Event, EventType, Outcome, TenantId};
use sqlx::migrate::{Migration, MigrationType, Migrator};
use sqlx::{Connection, PgConnection, SqlStr};

use crate::support::database;

/// Version and schema of a migration to come.
fn rename_everyone() -> Migrator {
    let sql = SqlStr::from_static("update member set name = upper(name)");
    let migration = Migration::new(9000, Cow::Borrowed("rename everyone"), MigrationType::Simple, sql, false);
    let mut migrator = Migrator::with_migrations(vec![migration]);
    migrator.set_ignore_missing(true);
    migrator
}

#[tokio::test]
async fn a_data_migration_changes_every_members_rows_under_forced_row_security() {
    let address = database::own_database("migration_of_data").await;
    let settings = Settings::new(&address, 2).unwrap();
    migrate(&settings).await.unwrap();
    migrate(&settings).await.unwrap();
    let db = Db::connect(&settings, Clock::system()).await.unwrap();
    for code in ["a", "b"] {
        let mut tx = db.write(TenantId::of_member(code)).await.unwrap();
        sqlx::raw_sql(
            "insert into member (code, name, kind, siren, department, created_at)
             values (current_tenant()::text, 'membre', 'commune', '732829320', '33', now());
             insert into journal_head (seq, hash, at) values (0, decode(repeat('00', 32), 'hex'), now())",
        )
        .execute(tx.conn())
        .await
        .unwrap();
        tx.record(Event {
            event_type: EventType::Parametrage,
            outcome: Outcome::Ok,
            agent: Agent::Operator,
            object: "member:x".into(),
            detail: vec![],
        });
        tx.commit().await.unwrap();
    }
    let mut owner: PgConnection = database::connect_as("chartrier_owner", "migration_of_data").await;
    rename_everyone().run(&mut owner).await.unwrap();
    for code in ["a", "b"] {
        let mut tx = db.read(TenantId::of_member(code)).await.unwrap();
        let name: String = sqlx::query_scalar("select name from member").fetch_one(tx.conn()).await.unwrap();
        assert_eq!(name, "MEMBRE", "{code}");
    }
    // Without the owner's own policy the same migration would silently change nothing.
    let mut tx = owner.begin().await.unwrap();
    sqlx::query("drop policy owner_migrates on member").execute(&mut *tx).await.unwrap();
    let done = sqlx::query("update member set name = 'autre'").execute(&mut *tx).await.unwrap();
    assert_eq!(done.rows_affected(), 0);
}

#[tokio::test]
async fn a_migration_edited_after_it_was_applied_is_refused() {
    let address = database::own_database("migration_edited").await;
    let settings = Settings::new(&address, 2).unwrap();
    migrate(&settings).await.unwrap();
    let mut owner = database::connect_as("chartrier_owner", "migration_edited").await;
    sqlx::query("update _sqlx_migrations set checksum = '\\x00' where version = 1")
        .execute(&mut owner)
        .await
        .unwrap();
    let refused = migrate(&settings).await.unwrap_err();
    assert!(matches!(refused, chartrier::db::Error::Migrate(_)) && !refused.is_transient(), "{refused}");
}

#[tokio::test]
async fn a_schema_that_was_not_migrated_is_refused_with_the_command_to_run() {
    let address = database::own_database("migration_missing").await;
    let settings = Settings::new(&address, 2).unwrap();
    let refused = Db::connect(&settings, Clock::system()).await.err().expect("an empty database");
    assert!(refused.to_string().contains("chartrier migrate"), "{refused}");
    migrate(&settings).await.unwrap();
    assert!(Db::connect(&settings, Clock::system()).await.is_ok());
    let mut owner = database::connect_as("chartrier_owner", "migration_missing").await;
    sqlx::query("delete from _sqlx_migrations where version = 7").execute(&mut owner).await.unwrap();
    let refused = Db::connect(&settings, Clock::system()).await.err().expect("an older schema");
    assert!(matches!(refused, chartrier::db::Error::SchemaBehind), "{refused}");
}
