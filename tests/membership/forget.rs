//! A person forgotten: no row of the database has their name, login or address any more, and the journals hold together.

use super::apply;
use chartrier::evidence::last_events;
use chartrier::membership::forget::forget;
use chartrier::model::TenantId;

use super::{MEMBER, clock, entries, folder, own};
use crate::support::{database, vault};

/// Tables with a row whose text holds `word`.
async fn rows_with(name: &str, word: &str) -> Vec<String> {
    let mut superuser = database::connect_as("chartrier_superuser", name).await;
    let tables: Vec<String> = sqlx::query_scalar(
        "select format('%I.%I', table_schema, table_name) from information_schema.tables
         where table_schema in ('public', 'platform', 'technical') and table_type = 'BASE TABLE'",
    )
    .fetch_all(&mut superuser)
    .await
    .unwrap();
    assert!(tables.len() > 30);
    let mut found = Vec::new();
    for table in tables {
        let count = format!("select count(*) from {table} t where t::text ilike '%{word}%'");
        let count: i64 =
            sqlx::query_scalar(sqlx::AssertSqlSafe(count)).fetch_one(&mut superuser).await.unwrap();
        if count > 0 {
            found.push(table);
        }
    }
    found
}

#[tokio::test]
async fn nothing_is_left_of_a_person_forgotten_but_an_identifier_and_the_journals_hold_together() {
    let name = "membership_forget";
    let db = own(name).await;
    let person = MEMBER
        .replace("login = \"anne\"", "login = \"anne.lefort\"")
        .replace("name = \"Anne\"", "name = \"Anne Lefort\"\nemail = \"anne.lefort@bourg.example\"");
    let second = person
        .replace("\"bourg\"", "\"val\"")
        .replace("siren = \"732829320\"", "siren = \"552100554\"")
        .replace("bourg-bus", "val-bus");
    let files = folder(&[("bourg", &person), ("val", &second)]);
    apply(&db, &vault::storage(), files.path(), &clock()).await.unwrap();
    assert!(!rows_with(name, "lefort").await.is_empty());
    let before = (entries(&db, "bourg").await, entries(&db, "val").await);

    assert!(forget(&db, &clock(), "personne.d.autre").await.unwrap().is_none());
    let forgotten = forget(&db, &clock(), "Anne.Lefort").await.unwrap().expect("somebody");
    assert_eq!(forgotten.members, ["bourg", "val"]);
    assert_eq!(rows_with(name, "lefort").await, Vec::<String>::new());
    assert_eq!((entries(&db, "bourg").await, entries(&db, "val").await), (before.0 + 1, before.1 + 1));
    let mut tx = db.read(TenantId::of_member("bourg")).await.unwrap();
    let last = last_events(&mut tx, 1).await.unwrap().pop().unwrap();
    assert_eq!((last.event_type.as_str(), last.object.as_str()), ("PARAMETRAGE", forgotten.object.as_str()));
    assert!(last.entry.contains("\"action\":\"oubli\""), "{}", last.entry);
    drop(tx);
    // Known by nothing any more, and the same login is free for somebody else.
    assert!(forget(&db, &clock(), "anne.lefort").await.unwrap().is_none());
    apply(&db, &vault::storage(), files.path(), &clock()).await.unwrap();
    let again = forget(&db, &clock(), "anne.lefort").await.unwrap().expect("a fresh account");
    assert_ne!(again.object, forgotten.object);
}
