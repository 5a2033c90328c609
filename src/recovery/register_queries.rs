//! What a member's register holds (its set of sites with it), as one JSON value that stands beside its archives, and back: rows as the schema has them.
//!
//! Never takes a password nor a machine's secret: of accounts, identifiers alone. Tables are named once here and once in
//! `tables.rs`.

use serde_json::Value;

use crate::db::{Error, TenantRead, TenantTx};

/// The member, its parties, profiles and agreements, the risks it sees in formats, and the identifiers of its accounts.
pub(super) async fn register(tx: &mut TenantRead) -> Result<Value, Error> {
    let register = sqlx::query_scalar!(
        r#"select jsonb_build_object(
               'form', 1,
               'schema', (select max(version) from applied_migrations() as version),
               'code', (select code from member),
               'member', (select jsonb_agg(m) from member m),
               'bytes_max', (select bytes_max from quota),
               'quota', (select jsonb_build_object('bytes_soft', bytes_soft, 'objects_max', objects_max,
                                                   'deposits_per_day', deposits_per_day) from quota),
               'party', (select jsonb_agg(p order by identifier) from party p),
               'profile', (select jsonb_agg(p order by identifier) from profile p),
               'profile_version', (select jsonb_agg(v order by profile_id, version) from profile_version v),
               'agreement', (select jsonb_agg(a order by identifier) from agreement a),
               'agreement_party', (select jsonb_agg(p order by agreement_id, party_id, part) from agreement_party p),
               'agreement_profile', (select jsonb_agg(p order by agreement_id, profile_id) from agreement_profile p),
               'agreement_version', (select jsonb_agg(v order by agreement_id, version) from agreement_version v),
               'convention', (select jsonb_agg(c order by identifier) from convention c),
               'numbering_pattern', (select jsonb_agg(n order by kind, version) from numbering_pattern n),
               'retention_rule', (select jsonb_agg(r order by code, version) from retention_rule r),
               'format_risk', (select jsonb_agg(r order by puid) from format_risk r),
               'account', (select jsonb_agg(jsonb_build_object('kind', kind, 'name', name, 'account_id', account_id)
                                            order by kind, name)
                           from (select distinct 'person' as kind, p.login as name, p.person_id as account_id
                                 from assignment join platform.person p using (person_id)
                                 union all
                                 select 'machine', client_id, machine_id from machine
                                 union all
                                 select f.kind, f.name, f.account_id from former_account f
                                 where not exists (select from machine m where f.kind = 'machine' and m.client_id = f.name)
                                   and not exists (select from assignment join platform.person p using (person_id)
                                                   where f.kind = 'person' and p.login = f.name)) as account)
           ) as "register!""#
    );
    Ok(register.fetch_one(tx.conn()).await?)
}

/// Newest migration of this schema.
pub(super) async fn schema(tx: &mut TenantRead) -> Result<i64, Error> {
    let version =
        sqlx::query_scalar!(r#"select max(version) as "version!" from applied_migrations() as version"#);
    Ok(version.fetch_one(tx.conn()).await?)
}

/// Whether the member has parties, agreements or profiles of the same names under other identifiers.
pub(super) async fn has_others(tx: &mut TenantRead, register: &Value) -> Result<bool, Error> {
    let others = sqlx::query_scalar!(
        r#"with kept as (select coalesce(nullif($1::jsonb->'party', 'null'), '[]') as party,
                                coalesce(nullif($1::jsonb->'agreement', 'null'), '[]') as agreement,
                                coalesce(nullif($1::jsonb->'profile', 'null'), '[]') as profile)
           select (exists (select from kept, jsonb_populate_recordset(null::party, kept.party) r
                           join party p using (tenant_id, identifier) where p.party_id <> r.party_id)
                or exists (select from kept, jsonb_populate_recordset(null::agreement, kept.agreement) r
                           join agreement a using (tenant_id, identifier) where a.agreement_id <> r.agreement_id)
                or exists (select from kept, jsonb_populate_recordset(null::profile, kept.profile) r
                           join profile p using (tenant_id, identifier) where p.profile_id <> r.profile_id))
                  as "others!""#,
        register
    );
    Ok(others.fetch_one(tx.conn()).await?)
}

/// The member's own row, as it was.
pub(super) async fn put_member(tx: &mut TenantTx, register: &Value) -> Result<(), Error> {
    sqlx::query!(
        "insert into member select * from jsonb_populate_recordset(null::member, $1::jsonb->'member') on conflict do nothing",
        register
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Everything else; what the member has is left as it is.
pub(super) async fn put_back(tx: &mut TenantTx, register: &Value) -> Result<(), Error> {
    sqlx::query!(
        "update quota set bytes_max = coalesce(($1::jsonb->>'bytes_max')::bigint, bytes_max),
                         bytes_soft = ($1::jsonb->'quota'->>'bytes_soft')::bigint,
                         objects_max = ($1::jsonb->'quota'->>'objects_max')::bigint,
                         deposits_per_day = ($1::jsonb->'quota'->>'deposits_per_day')::bigint
         where bytes_max = 0",
        register
    )
    .execute(tx.conn())
    .await?;
    put_party(tx, register).await?;
    put_profiles(tx, register).await?;
    put_agreements(tx, register).await?;
    put_format_risks(tx, register).await?;
    put_terms_and_rules(tx, register).await?;
    sqlx::query!(
        "insert into former_account (kind, name, account_id)
         select kind, name, account_id
         from jsonb_to_recordset(coalesce(nullif($1::jsonb->'account', 'null'), '[]'))
              as a (kind text, name text, account_id uuid)
         on conflict do nothing",
        register
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// The member's own set of sites, where it has none: made anew by a file that names none, or older than the set.
pub(super) async fn put_sites(tx: &mut TenantTx, register: &Value) -> Result<(), Error> {
    sqlx::query!(
        "update member set sites = kept.sites
         from jsonb_populate_recordset(null::member, coalesce(nullif($1::jsonb->'member', 'null'), '[]')) as kept
         where member.sites is null and kept.sites is not null and kept.tenant_id = member.tenant_id",
        register
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

async fn put_format_risks(tx: &mut TenantTx, register: &Value) -> Result<(), Error> {
    sqlx::query!(
        "insert into format_risk
         select * from jsonb_populate_recordset(null::format_risk,
                                                coalesce(nullif($1::jsonb->'format_risk', 'null'), '[]'))
         on conflict do nothing",
        register
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// The versions of agreements' terms, the conventions, the patterns of numbers, and the rules of the member's retention schedule.
async fn put_terms_and_rules(tx: &mut TenantTx, register: &Value) -> Result<(), Error> {
    sqlx::query!(
        "insert into numbering_pattern
         select * from jsonb_populate_recordset(null::numbering_pattern,
                                                coalesce(nullif($1::jsonb->'numbering_pattern', 'null'), '[]'))
         on conflict do nothing",
        register
    )
    .execute(tx.conn())
    .await?;
    sqlx::query!(
        "insert into agreement_version
         select * from jsonb_populate_recordset(null::agreement_version,
                                                coalesce(nullif($1::jsonb->'agreement_version', 'null'), '[]'))
         on conflict do nothing",
        register
    )
    .execute(tx.conn())
    .await?;
    sqlx::query!(
        "insert into convention
         select * from jsonb_populate_recordset(null::convention, coalesce(nullif($1::jsonb->'convention', 'null'), '[]'))
         on conflict do nothing",
        register
    )
    .execute(tx.conn())
    .await?;
    sqlx::query!(
        "insert into retention_rule
         select * from jsonb_populate_recordset(null::retention_rule,
                                                coalesce(nullif($1::jsonb->'retention_rule', 'null'), '[]'))
         on conflict do nothing",
        register
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

async fn put_party(tx: &mut TenantTx, register: &Value) -> Result<(), Error> {
    sqlx::query!(
        "insert into party
         select * from jsonb_populate_recordset(null::party, coalesce(nullif($1::jsonb->'party', 'null'), '[]'))
         on conflict do nothing",
        register
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

async fn put_profiles(tx: &mut TenantTx, register: &Value) -> Result<(), Error> {
    sqlx::query!(
        "insert into profile
         select * from jsonb_populate_recordset(null::profile, coalesce(nullif($1::jsonb->'profile', 'null'), '[]'))
         on conflict do nothing",
        register
    )
    .execute(tx.conn())
    .await?;
    sqlx::query!(
        "insert into profile_version
         select * from jsonb_populate_recordset(null::profile_version,
                                                coalesce(nullif($1::jsonb->'profile_version', 'null'), '[]'))
         on conflict do nothing",
        register
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

async fn put_agreements(tx: &mut TenantTx, register: &Value) -> Result<(), Error> {
    sqlx::query!(
        "insert into agreement
         select * from jsonb_populate_recordset(null::agreement, coalesce(nullif($1::jsonb->'agreement', 'null'), '[]'))
         on conflict do nothing",
        register
    )
    .execute(tx.conn())
    .await?;
    sqlx::query!(
        "insert into agreement_party
         select * from jsonb_populate_recordset(null::agreement_party,
                                                coalesce(nullif($1::jsonb->'agreement_party', 'null'), '[]'))
         on conflict do nothing",
        register
    )
    .execute(tx.conn())
    .await?;
    sqlx::query!(
        "insert into agreement_profile
         select * from jsonb_populate_recordset(null::agreement_profile,
                                                coalesce(nullif($1::jsonb->'agreement_profile', 'null'), '[]'))
         on conflict do nothing",
        register
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}
