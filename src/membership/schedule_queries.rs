//! Rules of retention schedules, entered and validated.

use std::collections::HashMap;

use chrono::{DateTime, NaiveDate, Utc};
use uuid::Uuid;

use crate::db::{Error, Technical, TenantRead, TenantTx};
use crate::model::{PersonId, RetentionRule, ScheduleLevel};
use crate::registry::retention_queries;

/// Last version of each rule, by code.
type Last = HashMap<String, (u32, RetentionRule)>;

/// One import at a time.
pub(super) async fn lock(tx: &mut TenantTx) -> Result<(), Error> {
    sqlx::query!("select tenant_id from quota for update").fetch_optional(tx.conn()).await?;
    Ok(())
}

pub(super) async fn last_versions(tx: &mut TenantTx) -> Result<Last, Error> {
    let versions = retention_queries::versions(tx, None).await?;
    let own = versions.into_iter().filter(|version| version.level == ScheduleLevel::Member);
    Ok(own.map(|version| (version.rule.code.clone(), (version.version, version.rule))).collect())
}

/// Columns to insert, each as long as the others.
#[derive(Default)]
struct Columns {
    code: Vec<String>,
    version: Vec<i32>,
    typology: Vec<String>,
    utility: Vec<String>,
    starts: Vec<String>,
    fate: Vec<String>,
    access: Vec<Option<String>>,
    reference: Vec<String>,
    valid_from: Vec<Option<NaiveDate>>,
    valid_until: Vec<Option<NaiveDate>>,
    is_validated: Vec<bool>,
}

impl Columns {
    fn of(versions: &[(u32, RetentionRule)]) -> Self {
        let mut columns = Self::default();
        for (version, rule) in versions {
            columns.code.push(rule.code.clone());
            columns.version.push(*version as i32);
            columns.typology.push(rule.typology.clone());
            columns.utility.push(rule.utility.word().to_owned());
            columns.starts.push(rule.starts.word().to_owned());
            columns.fate.push(rule.fate.letter().to_owned());
            columns.access.push(rule.access.clone());
            columns.reference.push(rule.reference.clone());
            columns.valid_from.push(rule.valid_from);
            columns.valid_until.push(rule.valid_until);
            columns.is_validated.push(rule.is_validated);
        }
        columns
    }
}

pub(super) async fn insert(
    tx: &mut TenantTx,
    versions: &[(u32, RetentionRule)],
    by: Option<PersonId>,
    at: DateTime<Utc>,
    sha256: &[u8; 32],
) -> Result<(), Error> {
    let columns = Columns::of(versions);
    sqlx::query!(
        "insert into retention_rule (code, version, typology, utility, starts, fate, access, reference, valid_from,
                                     valid_until, is_validated, imported_at, imported_by, file_sha256)
         select code, version, typology, utility, starts, fate, access, reference, valid_from, valid_until,
                is_validated, $12, $13, $14
         from unnest($1::text[], $2::int[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[],
                     $9::date[], $10::date[], $11::bool[])
              as new (code, version, typology, utility, starts, fate, access, reference, valid_from, valid_until,
                      is_validated)",
        &columns.code,
        &columns.version,
        &columns.typology,
        &columns.utility,
        &columns.starts,
        &columns.fate,
        &columns.access as &[Option<String>],
        &columns.reference,
        &columns.valid_from as &[Option<NaiveDate>],
        &columns.valid_until as &[Option<NaiveDate>],
        &columns.is_validated,
        at,
        by.map(|by| by.0),
        sha256
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

pub(super) async fn insert_department(
    tx: &mut Technical,
    department: &str,
    versions: &[(u32, RetentionRule)],
    at: DateTime<Utc>,
    sha256: &[u8; 32],
) -> Result<(), Error> {
    let columns = Columns::of(versions);
    sqlx::query!(
        "insert into platform.retention_rule (department, code, version, typology, utility, starts, fate, access,
                                              reference, valid_from, valid_until, is_validated, imported_at, file_sha256)
         select $12, code, version, typology, utility, starts, fate, access, reference, valid_from, valid_until,
                is_validated, $13, $14
         from unnest($1::text[], $2::int[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[],
                     $9::date[], $10::date[], $11::bool[])
              as new (code, version, typology, utility, starts, fate, access, reference, valid_from, valid_until,
                      is_validated)",
        &columns.code,
        &columns.version,
        &columns.typology,
        &columns.utility,
        &columns.starts,
        &columns.fate,
        &columns.access as &[Option<String>],
        &columns.reference,
        &columns.valid_from as &[Option<NaiveDate>],
        &columns.valid_until as &[Option<NaiveDate>],
        &columns.is_validated,
        department,
        at,
        sha256
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// One import at a time of a département's.
pub(super) async fn lock_department(tx: &mut Technical, department: &str) -> Result<(), Error> {
    sqlx::query!("select pg_advisory_xact_lock(hashtextextended('retention ' || $1, 0))", department)
        .fetch_one(tx.conn())
        .await?;
    Ok(())
}

pub(super) async fn last_of_department(tx: &mut Technical, department: &str) -> Result<Last, Error> {
    let versions = retention_queries::last_of_department(tx, department).await?;
    Ok(versions
        .into_iter()
        .map(|version| (version.rule.code.clone(), (version.version, version.rule)))
        .collect())
}

/// The last version of a rule, when it is to be validated, and who imported it; its row is locked.
pub(super) async fn lock_to_validate(
    tx: &mut TenantTx,
    code: &str,
) -> Result<Option<(i32, Option<Uuid>)>, Error> {
    let row = sqlx::query!(
        "select version, imported_by, is_validated from retention_rule where code = $1
         order by version desc limit 1 for update",
        code
    );
    let row = row.fetch_optional(tx.conn()).await?.filter(|row| !row.is_validated);
    Ok(row.map(|row| (row.version, row.imported_by)))
}

pub(super) async fn validate(
    tx: &mut TenantTx,
    code: &str,
    version: i32,
    by: PersonId,
    at: DateTime<Utc>,
) -> Result<(), Error> {
    sqlx::query!(
        "update retention_rule set is_validated = true, validated_at = $3, validated_by = $4
         where code = $1 and version = $2",
        code,
        version,
        at,
        by.0
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Archives that came under agreements that name one of these rules.
pub(super) async fn archives_under(tx: &mut TenantRead, codes: &[String]) -> Result<u64, Error> {
    let count = sqlx::query_scalar!(
        r#"select count(*) as "count!" from archive a join agreement g using (tenant_id, agreement_id)
           where g.conditions ->> 'typology' = any($1)"#,
        codes
    );
    Ok(count.fetch_one(tx.conn()).await?.unsigned_abs())
}
