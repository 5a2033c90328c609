//! Every table guarded: what belongs to one member is out of every other's reach, table by table, whatever
//! migration comes next.

use sqlx::{AssertSqlSafe, Connection, PgConnection};

use crate::support::database;

/// Unique rules that do not begin with the tenant, each with its reason.
const GLOBAL_KEYS: [(&str, &str); 3] = [
    ("member_code_unique", "the code names the member itself"),
    ("machine_client_unique", "a client identifier comes before any tenant is known"),
    ("assignment_of_person", "people stand outside the tenants"),
];

/// What the technical role may read of the members' tables: log-in and workers come before any tenant, and the pilot sees all of
/// them: of quotas the numbers, of conventions the dates.
const TECHNICAL_READS: [&str; 7] =
    ["assignment", "control_reading", "convention", "glass", "machine", "member", "quota"];

/// What is asked of the search.
const ASKED: &str = r#"select * from search_units('{"all": [[{"words": "mot"}]]}', null, null, 10)"#;

/// Functions that run with their owner's rights.
const DEFINERS: [(&str, &str); 4] = [
    ("applied_migrations", "versions of the schema, no tenant's rows"),
    ("members_awaiting", "identifiers of members: where a desk looks, member by member"),
    ("members_told", "the same"),
    ("search_units", "filtered by the current tenant, gives identifiers only"),
];

async fn owner() -> PgConnection {
    database::connect("chartrier_owner").await
}

async fn strings(conn: &mut PgConnection, sql: &str) -> Vec<String> {
    sqlx::query_scalar(AssertSqlSafe(sql.to_string())).fetch_all(conn).await.unwrap()
}

/// Tables of the members' schema; each belongs to one tenant at a time.
async fn tenant_tables(conn: &mut PgConnection) -> Vec<String> {
    let sql = "select relname::text from pg_class where relnamespace = 'public'::regnamespace
               and relkind in ('r', 'p') and relname <> '_sqlx_migrations' order by relname";
    strings(conn, sql).await
}

#[tokio::test]
async fn every_table_names_its_tenant_and_forces_row_security() {
    let mut owner = owner().await;
    let tables = tenant_tables(&mut owner).await;
    assert!(tables.len() > 15, "{tables:?}");
    let unguarded = strings(
        &mut owner,
        "select relname::text from pg_class c
         where relnamespace = 'public'::regnamespace and relkind in ('r', 'p') and relname <> '_sqlx_migrations'
           and not (relrowsecurity and relforcerowsecurity
                    and exists (select from pg_attribute a where a.attrelid = c.oid and a.attname = 'tenant_id'
                                and a.attnotnull and a.atttypid = 'uuid'::regtype))",
    )
    .await;
    assert!(unguarded.is_empty(), "{unguarded:?}");
    let without_default = strings(
        &mut owner,
        "select table_name::text from information_schema.columns
         where table_schema = 'public' and column_name = 'tenant_id' and column_default is distinct from 'current_tenant()'",
    )
    .await;
    assert!(without_default.is_empty(), "an insert would have to name the tenant: {without_default:?}");
}

#[tokio::test]
async fn the_policies_are_those_and_no_others() {
    let mut owner = owner().await;
    let mut expected: Vec<String> = Vec::new();
    for table in tenant_tables(&mut owner).await {
        let own = "(tenant_id = current_tenant())";
        expected.push(format!("{table} tenant_isolation {{chartrier_service}} ALL {own} {own}"));
        expected.push(format!("{table} owner_migrates {{chartrier_owner}} ALL true true"));
        if TECHNICAL_READS.contains(&table.as_str()) {
            expected.push(format!("{table} technical_lists {{chartrier_technical}} SELECT true -"));
        }
    }
    let mut found = strings(
        &mut owner,
        "select concat_ws(' ', tablename, policyname, roles::text, cmd, coalesce(qual, '-'), coalesce(with_check, '-'))
         from pg_policies where schemaname = 'public' and permissive = 'PERMISSIVE'",
    )
    .await;
    expected.sort();
    found.sort();
    assert_eq!(found, expected);
}

#[tokio::test]
async fn every_key_begins_with_the_tenant() {
    let mut owner = owner().await;
    let constraints = strings(
        &mut owner,
        "select k.conname::text from pg_constraint k
         join pg_attribute a on a.attrelid = k.conrelid and a.attnum = k.conkey[1]
         where k.connamespace = 'public'::regnamespace and k.contype in ('p', 'u', 'f') and a.attname <> 'tenant_id'
           and k.conrelid <> '_sqlx_migrations'::regclass
         union
         select k.conname::text from pg_constraint k
         join pg_attribute a on a.attrelid = k.confrelid and a.attnum = k.confkey[1]
         where k.connamespace = 'public'::regnamespace and k.contype = 'f' and a.attname <> 'tenant_id'
         union
         select i.indexrelid::regclass::text from pg_index i join pg_class c on c.oid = i.indrelid
         left join pg_attribute a on a.attrelid = i.indrelid and a.attnum = i.indkey[0]
         where c.relnamespace = 'public'::regnamespace and i.indisunique and a.attname is distinct from 'tenant_id'
           and c.relname <> '_sqlx_migrations'",
    )
    .await;
    let unexpected: Vec<_> =
        constraints.iter().filter(|name| !GLOBAL_KEYS.iter().any(|(known, _)| known == name)).collect();
    assert!(unexpected.is_empty(), "keys and references look through row security: {unexpected:?}");
    assert_eq!(constraints.len(), GLOBAL_KEYS.len(), "an exception serves no more: {constraints:?}");
}

#[tokio::test]
async fn nobody_may_rewrite_the_journal_or_empty_a_table() {
    let mut owner = owner().await;
    let granted = strings(
        &mut owner,
        "select format('%s %s %s', grantee, privilege_type, table_name) from information_schema.role_table_grants
         where grantee <> 'chartrier_owner' and table_schema in ('public', 'platform', 'technical')
           and (privilege_type in ('TRUNCATE', 'REFERENCES', 'TRIGGER')
                or grantee = 'PUBLIC'
                or (grantee = 'chartrier_backup' and privilege_type <> 'SELECT')
                or (table_name = 'event' and privilege_type not in ('SELECT', 'INSERT'))
                or (table_name = 'journal_head' and privilege_type = 'DELETE'))",
    )
    .await;
    assert!(granted.is_empty(), "{granted:?}");
    let columns = strings(
        &mut owner,
        "select format('%s %s %s.%s', grantee, privilege_type, table_name, column_name)
         from information_schema.column_privileges
         where table_schema = 'public' and table_name in ('event', 'unit_search')
           and grantee = 'chartrier_service' and privilege_type not in ('SELECT', 'INSERT')",
    )
    .await;
    assert!(columns.is_empty(), "{columns:?}");
    let technical = strings(
        &mut owner,
        "select distinct table_name::text from information_schema.role_table_grants
         where grantee = 'chartrier_technical' and table_schema = 'public'
         union
         select distinct table_name::text from information_schema.column_privileges
         where grantee = 'chartrier_technical' and table_schema = 'public' order by 1",
    )
    .await;
    assert_eq!(technical, TECHNICAL_READS);
    let of_conventions = strings(
        &mut owner,
        "select column_name::text from information_schema.column_privileges
         where grantee = 'chartrier_technical' and table_name = 'convention' order by 1",
    )
    .await;
    assert_eq!(of_conventions, ["identifier", "state", "tenant_id", "valid_from", "valid_until"]);
}

#[tokio::test]
async fn views_and_functions_lend_nobody_their_owners_eyes() {
    let mut owner = owner().await;
    let views = strings(
        &mut owner,
        "select relname::text from pg_class c join pg_namespace n on n.oid = c.relnamespace
         where nspname in ('public', 'platform', 'technical')
           and (relkind = 'm' or (relkind = 'v' and not coalesce(reloptions, '{}') @> '{security_invoker=true}'))",
    )
    .await;
    assert!(views.is_empty(), "{views:?}");
    let definers = strings(
        &mut owner,
        "select proname::text from pg_proc p join pg_namespace n on n.oid = p.pronamespace
         where nspname in ('public', 'platform', 'technical') and prosecdef
           and not exists (select from pg_depend d where d.objid = p.oid and d.deptype = 'e') order by 1",
    )
    .await;
    assert_eq!(definers, DEFINERS.map(|(name, _)| name));
    let open = strings(
        &mut owner,
        "select proname::text from pg_proc where prosecdef and pronamespace = 'public'::regnamespace
         and (has_function_privilege('public', oid, 'execute')
              or not coalesce(array_to_string(proconfig, ' '), '') like '%search_path=%')",
    )
    .await;
    assert!(open.is_empty(), "{open:?}");
}

#[tokio::test]
async fn the_working_roles_are_nobodys_masters() {
    let mut owner = owner().await;
    let mighty = strings(
        &mut owner,
        "select rolname::text from pg_roles r
         where rolname in ('chartrier_owner', 'chartrier_service', 'chartrier_technical')
           and (rolsuper or rolbypassrls or rolcreaterole or rolcreatedb or rolreplication
                or exists (select from pg_auth_members m where m.member = r.oid))",
    )
    .await;
    assert!(mighty.is_empty(), "{mighty:?}");
    let owning = strings(
        &mut owner,
        "select relname::text from pg_class where relowner in
             (select oid from pg_roles where rolname in ('chartrier_service', 'chartrier_technical'))
         union
         select nspname::text from pg_namespace where has_schema_privilege('chartrier_service', oid, 'create')
             and nspname in ('public', 'platform', 'technical')",
    )
    .await;
    assert!(owning.is_empty(), "{owning:?}");
}

#[test]
fn the_tenant_is_named_to_postgresql_in_one_place() {
    let places = crate::architecture::occurrences("'archive.tenant'");
    assert_eq!(places, ["src/db/queries.rs"]);
}

/// One row for each of two tenants in every table, whatever its columns: rules of value and reference are put
/// aside, in a database made for that.
async fn filled() -> (PgConnection, Vec<String>) {
    let address = database::own_database("isolation").await;
    chartrier::db::migrate(&chartrier::db::Settings::new(&address, 2).unwrap()).await.unwrap();
    let mut superuser = database::connect_as("chartrier_superuser", "isolation").await;
    sqlx::raw_sql(
        "do $$ declare k record; begin
             for k in select conrelid::regclass as t, conname from pg_constraint
                      where contype = 'c' and connamespace = 'public'::regnamespace loop
                 execute format('alter table %s drop constraint %I', k.t, k.conname);
             end loop;
         end $$;
         set session_replication_role = replica;",
    )
    .execute(&mut superuser)
    .await
    .unwrap();
    let tables = tenant_tables(&mut superuser).await;
    for table in &tables {
        for tenant in [ONE, OTHER] {
            let sql = insert_of(&mut superuser, table, tenant).await;
            sqlx::raw_sql(AssertSqlSafe(sql)).execute(&mut superuser).await.unwrap();
        }
    }
    (superuser, tables)
}

const ONE: &str = "00000000-0000-0000-0000-000000000001";
const OTHER: &str = "00000000-0000-0000-0000-000000000002";

/// An insert of made-up values into every column that has no default.
async fn insert_of(conn: &mut PgConnection, table: &str, tenant: &str) -> String {
    let sql = format!(
        "select format('insert into {table} (%s) values (%s)', string_agg(column_name, ', '), string_agg(
             case when column_name = 'tenant_id' then quote_literal('{tenant}')
                  when data_type = 'uuid' then 'gen_random_uuid()'
                  when data_type = 'text' then 'gen_random_uuid()::text'
                  when data_type = 'bytea' then 'sha512(gen_random_uuid()::text::bytea)'
                  when data_type in ('smallint', 'integer', 'bigint') then '1'
                  when data_type = 'boolean' then 'true'
                  when data_type = 'jsonb' then '''{{}}'''
                  when data_type = 'tsvector' then '''mot'''
                  when data_type = 'date' or data_type like 'timestamp%' then 'now()'
                  when data_type = 'USER-DEFINED' then format('(enum_range(null::%s))[1]', udt_name)
                  else 'unknown type ' || data_type end, ', '))
         from information_schema.columns
         where table_schema = 'public' and table_name = '{table}'
           and (column_name = 'tenant_id' or (is_nullable = 'NO' and column_default is null))"
    );
    sqlx::query_scalar(AssertSqlSafe(sql)).fetch_one(conn).await.unwrap()
}

/// Rows touched by a statement as one tenant, then undone; the SQLSTATE when refused.
async fn attempt(service: &mut PgConnection, tenant: Option<&str>, statement: &str) -> Result<u64, String> {
    let mut tx = service.begin().await.unwrap();
    if let Some(tenant) = tenant {
        sqlx::query("select set_config('archive.tenant', $1, true)")
            .bind(tenant)
            .execute(&mut *tx)
            .await
            .unwrap();
    }
    let done = sqlx::raw_sql(AssertSqlSafe(statement.to_string())).execute(&mut *tx).await;
    let outcome = done.map(|done| done.rows_affected());
    outcome.map_err(|error| error.as_database_error().unwrap().code().unwrap().into_owned())
}

#[tokio::test]
async fn another_tenants_rows_are_invisible_and_untouchable_in_every_table() {
    let (mut superuser, tables) = filled().await;
    let mut service = database::connect_as("chartrier_service", "isolation").await;
    let refused = Err("42501".to_string());
    for table in &tables {
        let may = async |conn: &mut PgConnection, privilege: &str| -> bool {
            let sql = format!("select has_table_privilege('chartrier_service', '{table}', '{privilege}')");
            sqlx::query_scalar(AssertSqlSafe(sql)).fetch_one(conn).await.unwrap()
        };
        let all: i64 = sqlx::query_scalar(AssertSqlSafe(format!("select count(*) from {table}")))
            .fetch_one(&mut superuser)
            .await
            .unwrap();
        assert_eq!(all, 2, "{table}");
        let readable = may(&mut superuser, "select").await;
        let select = format!("select * from {table}");
        let expected = |rows: u64| if readable { Ok(rows) } else { refused.clone() };
        assert_eq!(attempt(&mut service, None, &select).await, expected(0), "{table} without a tenant");
        assert_eq!(attempt(&mut service, Some(ONE), &select).await, expected(1), "{table}");
        let foreign = insert_of(&mut superuser, table, OTHER).await;
        assert_eq!(attempt(&mut service, Some(ONE), &foreign).await, refused, "insert into {table}");
        for (privilege, statement) in [
            ("update", format!("update {table} set tenant_id = tenant_id")),
            ("delete", format!("delete from {table}")),
        ] {
            let expected = if may(&mut superuser, privilege).await { Ok(0) } else { refused.clone() };
            assert_eq!(attempt(&mut service, None, &statement).await, expected, "{statement}");
        }
        let moved = format!("update {table} set tenant_id = '{OTHER}'");
        assert_eq!(attempt(&mut service, Some(ONE), &moved).await, refused, "{moved}");
    }
    let found = attempt(&mut service, Some(ONE), ASKED).await;
    assert_eq!(found, Ok(1), "the search sees one tenant's units");
    assert_eq!(attempt(&mut service, None, ASKED).await, Ok(0));
}

#[tokio::test]
async fn a_connection_remembers_no_tenant() {
    let fresh = crate::support::fresh_tenant().await;
    let mut service = database::connect("chartrier_service").await;
    let tenant = fresh.tenant.to_string();
    assert_eq!(attempt(&mut service, Some(&tenant), "select * from member").await, Ok(1));
    assert_eq!(attempt(&mut service, None, "select * from member").await, Ok(0));
    let left: String = sqlx::query_scalar("select current_setting('archive.tenant', true)")
        .fetch_one(&mut service)
        .await
        .unwrap();
    assert_eq!(left, "", "empty, not null: hence nullif in current_tenant()");
    fresh.end().await;
}
