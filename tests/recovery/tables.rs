//! Every table of the schema is said to be rebuilt or not, and every column named there exists.

use std::collections::BTreeSet;

use chartrier::recovery::tables::{Source, TABLES};

use crate::support::database;

#[tokio::test]
async fn of_every_table_it_is_said_whether_a_rebuild_makes_it_again() {
    let mut owner = database::connect("chartrier_owner").await;
    let columns: Vec<(String, String)> = sqlx::query_as(
        "select case when n.nspname = 'public' then c.relname else n.nspname || '.' || c.relname end::text,
                a.attname::text
         from pg_class c join pg_namespace n on n.oid = c.relnamespace
         join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
         where c.relkind in ('r', 'p') and n.nspname not in ('pg_catalog', 'information_schema')
           and n.nspname not like 'pg_t%'",
    )
    .fetch_all(&mut owner)
    .await
    .unwrap();
    let real: BTreeSet<&str> = columns.iter().map(|(table, _)| table.as_str()).collect();
    let said: BTreeSet<&str> = TABLES.iter().map(|table| table.name).collect();
    assert!(real.len() > 25, "{real:?}");
    let unsaid: Vec<_> = real.difference(&said).collect();
    assert!(unsaid.is_empty(), "recovery/tables.rs does not say what becomes of {unsaid:?}");
    let gone: Vec<_> = said.difference(&real).collect();
    assert!(gone.is_empty(), "no such table: {gone:?}");
    assert_eq!(said.len(), TABLES.len(), "a table is named twice");
    for table in TABLES {
        for (column, reason) in table.but {
            assert!(!reason.is_empty());
            let there = columns.iter().any(|(of, name)| of == table.name && name == column);
            assert!(there, "{} has no column {column}", table.name);
        }
        assert!(table.source != Source::Nothing || !table.why.is_empty(), "{}: why is it lost?", table.name);
    }
}
