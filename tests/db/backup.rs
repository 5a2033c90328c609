//! A dump takes everything: the backup's role reads each table and sequence, whatever migration comes next.

use crate::support::database;

#[tokio::test]
async fn the_backup_s_role_reads_everything_and_writes_nothing() {
    let mut owner = database::connect("chartrier_owner").await;
    let wrong: Vec<String> = sqlx::query_scalar(
        "select c.oid::regclass::text from pg_class c
         where c.relnamespace in ('public'::regnamespace, 'platform'::regnamespace, 'technical'::regnamespace)
           and case when c.relkind in ('r', 'p')
                    then not has_table_privilege('chartrier_backup', c.oid, 'select')
                         or has_table_privilege('chartrier_backup', c.oid, 'insert, update, delete, truncate')
                    when c.relkind = 'S' then not has_sequence_privilege('chartrier_backup', c.oid, 'select')
               end",
    )
    .fetch_all(&mut owner)
    .await
    .unwrap();
    assert!(wrong.is_empty(), "{wrong:?}");
}
